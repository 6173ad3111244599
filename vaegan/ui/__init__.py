"""The user interface: the only Python that imports streamlit."""
