"""The paper made again: its tables, figures and claims beside what this code finds."""
