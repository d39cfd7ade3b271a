# Two commands a newcomer needs: `make demo` and `make test`. Both install all they need into .venv.
PY := .venv/bin/python
.PHONY: demo test check bench soak format clean
