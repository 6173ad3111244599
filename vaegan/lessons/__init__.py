"""Lessons: files that ask for a prediction, let the learner try it, and reveal what happens. No Streamlit in here.

A lesson is one TOML file in `en/`; a file of the same name in another language's folder has its texts in that language.

tables     a table of TOML whose every fault becomes a sentence with file, step and key
facts      what a step may wait for: named facts of the app, and comparisons with them
setups     the link that sets a step up: a page, and what it is set to
asks       the kinds of questions, how answers are written, and which of them are right
schema     a lesson and its steps, read from TOML
words      the words of the Learn page and of the navigation, in each language
lent       the words of what other pages lend to a lesson, in each language
shelf      which lessons there are, in which language
progress   how far a learner is, as text in an address
together   what a class has answered to a step, in words
"""

from vaegan.lessons.schema import Lesson, Step
from vaegan.lessons.shelf import answer_in_words, lesson, names, step_titles, titles
from vaegan.lessons.together import Together, gather

__all__ = ["Lesson", "Step", "Together", "answer_in_words", "gather", "lesson", "names", "step_titles", "titles"]
