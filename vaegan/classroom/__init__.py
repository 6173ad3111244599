"""A class: one teacher's rooms, the students in them, what all see, and what each has answered. No Streamlit in it.

Rooms live in this process alone, and nothing of them is on disk unless somebody exports it. All that a student sends
is bounded here; pages show it as text.

names    codes that are easily typed, animals for students, tokens that nobody guesses
limits   how often one browser, or all together, may ask for something
shown    what the teacher shows: a page and its settings, as a link has them
answers  what students answered, hidden until the teacher reveals it
wall     the students' own digits, and as a data set to take home
push     wakes all who wait for news, from any thread, and never waits for one of them
room     a class: students, what is shown, questions, answers and the wall
rooms    the rooms of this process, by code, until they end
"""
