"""One module for each engine, all behind the boundary in `base`."""

import os

# onnxruntime (1.32, on Linux) looks up its maker's host seconds after it is imported; nothing here may ask a network.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
