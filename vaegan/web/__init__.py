"""The model in the browser: how its weights get there, and the JavaScript that uses them.

scripts   joins the JavaScript files into one script a component
wire      a checkpoint as bytes for the browser: operations by name, with their shapes, float16 where nothing is lost

The JavaScript beside them, by what it is for:
- components, each with its HTML and CSS: live_drawing (with live_worker, its Web Worker, noise_kinds, result_row, and
  demo with demo_strokes), latent_map (with axes, map_panel, map_card, map_layers, map_marks, map_walk, map_gestures),
  training (with training_parts, curves, album, force_runs, force_stages, force_steps and force_arrows: the stage of
  Train), dimensions, morph, duel, picker, painting_tools (for another package's canvas), line_chart (with symbols:
  charts without plotly)
- what components share: component (one instance an element, frames, bytes), elements (found by selector and kind), pad
  (the field to draw on; pad_keys: by keyboard; strokes: what is kept of them), picture (pixels on a canvas), background
  (starts Web Workers), controls.css, stage.css (the dark stage of a page)
- how bytes come: store (keeps them in the tab), courier (sees that they come: by fetching, over HTTP, or in a parcel,
  through the websocket, once page_shown tells that the page stands), arrival (a bar meanwhile)
- the network drawn: network_drawing (its stages, with network_drawing.css), network_panel (one of them opened),
  network_stages (what each is called and does), network_layers (operations as layers, numbers as words and text),
  network_lanes (layers drawn small), network_paint (numbers as pictures), inside (all that a network computed, copied
  for the page)
- a class: class_dock (on every page of a browser that is in one), class_line (its news), class_question, class_wall;
  visitor (keeps the browser's token), passcode (from the teacher's link)
- address (the browser's: what a page is set to, without a step in its history)
- what Python does too, held equal by tests/browser/test_parity*.py: wire, network and convolution (encoder, decoder and
  classifier), noise (data/noise.py), centre (data/drawing.py), rating (metrics/likeness.py and reading.py), geometry
  (model/latent.py), digit (a digit's size)
"""
