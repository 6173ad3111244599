"""The model in the browser: the weights' way there, and the JavaScript that uses them.

weights.py           a checkpoint as bytes for the browser, BatchNorm folded in
scripts.py           joins the files below into one script a component
mlp.js               opens the bytes; encode and decode
noise.js  centre.js  the same as vaegan/noise.py and vaegan/images.py, while the pointer moves
store.js             keeps bytes in the tab: each is sent once, whoever uses it
"""
