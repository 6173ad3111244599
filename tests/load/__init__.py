"""How the app bears a class: `make load` opens many sessions at once and prints how long the server takes to answer.

client      a session of a browser, without the browser
gestures    what each session does on each page
lesson      a class of many browsers from its beginning to its end
__main__    `python -m tests.load`: starts the app, lets the sessions work on each page, prints a table
opening     thirty phones open the app at the same moment
soak        a class at work while processes are killed at random
"""
