"""What an ethics office asks for, told from what the house keeps: each report a page to print, and JSON.

facts.py is what a report is made of, ledger.py and sources.py where it comes from; processing.py, controls.py,
erasures.py, access.py and extract.py are the five, page.py and words/ put one into a language, odt.py onto paper.
"""
