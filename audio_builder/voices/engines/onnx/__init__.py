"""Voice models in the ONNX format: read, checked, rewritten and opened."""
