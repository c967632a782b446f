"""Holds a folder of exported models against onnx itself: python3 check_onnx.py FOLDER

Every model must pass onnx's checker and its strict shape inference, which must arrive at the declared outputs wherever
it arrives at a size at all; and the manifest must say what onnx reads. Prints the number of models, or what is wrong.
onnx 1.12 (Debian 12) knows the operators up to opset 17 and takes those of 18 as they were there.
"""

import json
import pathlib
import sys

import onnx
from onnx import TensorProto

DTYPES = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE, "int32": TensorProto.INT32, "bool": TensorProto.BOOL}


def shape(value):
    return [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]


def signature(values):
    return [(value.name, value.type.tensor_type.elem_type, shape(value)) for value in values]


def stated(entries):
    return [(entry["name"], DTYPES[entry["dtype"]], entry["shape"]) for entry in entries]


def domains(graph):
    for node in graph.node:
        yield node.domain
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from domains(attribute.g)


def inferred(model):
    """The outputs' sizes as onnx infers them from the inputs' alone; '' where it cannot tell."""
    blind = onnx.ModelProto()
    blind.CopyFrom(model)
    for output in blind.graph.output:
        output.type.tensor_type.ClearField("shape")
    result = onnx.shape_inference.infer_shapes(blind, check_type=True, strict_mode=True, data_prop=True)
    return {output.name: shape(output) for output in result.graph.output}


def check(folder, entry):
    model = onnx.load(str(folder / entry["file"]))
    onnx.checker.check_model(model, full_check=True)
    assert signature(model.graph.input) == stated(entry["inputs"]), "inputs differ from the manifest's"
    assert signature(model.graph.output) == stated(entry["outputs"]), "outputs differ from the manifest's"
    for name, sizes in inferred(model).items():
        declared = next(output["shape"] for output in entry["outputs"] if output["name"] == name)
        for size, other in zip(declared, sizes):
            known = other and not str(other).startswith("unk__")
            assert not known or size == other, f"{name} is declared {declared} and inferred {sizes}"
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", entry["settings"]["opset"])]
    assert set(domains(model.graph)) == {""}, "operators outside the standard's domain"
    metadata = {item.key: item.value for item in model.metadata_props}
    assert metadata["role"] == entry["role"] and metadata["detectors"] == ", ".join(entry["detectors"])
    for name, setting in entry["settings"].items():
        text = metadata[name]
        assert text == setting or float(text) == setting, f"{name} is {text} in the model, {setting} in the manifest"
    assert model.doc_string


def main(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    failed = 0
    for entry in manifest["models"]:
        try:
            check(folder, entry)
        except Exception as error:
            failed += 1
            print(f"{entry['file']}: {type(error).__name__}: {error}", file=sys.stderr)
    print(len(manifest["models"]) - failed)
    return 1 if failed else 0


sys.exit(main(pathlib.Path(sys.argv[1])))
