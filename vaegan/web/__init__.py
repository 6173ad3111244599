"""The model in the browser: the weights' way there, and the JavaScript that uses them.

scripts   joins the JavaScript files into one script a component
wire      a checkpoint as bytes for the browser, its operations named and BatchNorm folded in

The JavaScript beside it: network.js encodes and decodes; noise.js and centre.js do what data/noise.py and
data/drawing.py do, while the pointer moves; store.js keeps bytes in the tab, so that each is sent once.
"""
