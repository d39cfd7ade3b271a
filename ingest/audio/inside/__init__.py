"""What runs inside the sandbox: it meets the recording's bytes, and may do nothing but answer in samples.

Only this folder, Python and PyAV are visible in there. Modules here import nothing else of Tillit.
"""
