"""An xDS client that shares no code with Zoneway: commands as JSON lines on standard input, answers as JSON lines on standard output.

argv: address, then "sotw" or "delta", then perhaps the value of the authorization metadata.
"""
import json
import queue
import sys
import threading

import grpc
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, json_format, message_factory, struct_pb2

F = descriptor_pb2.FieldDescriptorProto
ONE, MANY = F.LABEL_OPTIONAL, F.LABEL_REPEATED


def build():
    file = descriptor_pb2.FileDescriptorProto(name="foreign.proto", package="foreign", syntax="proto3")
    file.dependency.extend(["google/protobuf/any.proto", "google/protobuf/struct.proto"])

    def message(name, *fields):
        added = file.message_type.add(name=name)
        for number, field, kind, label in fields:
            if kind in (F.TYPE_STRING, F.TYPE_INT32):
                added.field.add(name=field, number=number, type=kind, label=label)
            else:
                added.field.add(name=field, number=number, type=F.TYPE_MESSAGE, type_name=kind, label=label)
        return added

    text = F.TYPE_STRING
    message("Named", (1, "name", text, ONE))
    message("Status", (1, "code", F.TYPE_INT32, ONE), (2, "message", text, ONE))
    message("Node", (1, "id", text, ONE), (2, "cluster", text, ONE), (3, "metadata", ".google.protobuf.Struct", ONE))
    message("ControlPlane", (1, "identifier", text, ONE))
    message("Resource", (1, "version", text, ONE), (2, "resource", ".google.protobuf.Any", ONE), (3, "name", text, ONE))
    message("SotwRequest", (1, "version_info", text, ONE), (2, "node", ".foreign.Node", ONE), (3, "resource_names", text, MANY),
            (4, "type_url", text, ONE), (5, "response_nonce", text, ONE), (6, "error_detail", ".foreign.Status", ONE))
    message("SotwResponse", (1, "version_info", text, ONE), (2, "resources", ".google.protobuf.Any", MANY),
            (4, "type_url", text, ONE), (5, "nonce", text, ONE), (6, "control_plane", ".foreign.ControlPlane", ONE))
    delta = message("DeltaRequest", (1, "node", ".foreign.Node", ONE), (2, "type_url", text, ONE), (3, "resource_names_subscribe", text, MANY),
                    (4, "resource_names_unsubscribe", text, MANY), (5, "initial_resource_versions", ".foreign.DeltaRequest.InitialResourceVersionsEntry", MANY),
                    (6, "response_nonce", text, ONE), (7, "error_detail", ".foreign.Status", ONE))
    entry = delta.nested_type.add(name="InitialResourceVersionsEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, type=text, label=ONE)
    entry.field.add(name="value", number=2, type=text, label=ONE)
    message("DeltaResponse", (1, "system_version_info", text, ONE), (2, "resources", ".foreign.Resource", MANY), (4, "type_url", text, ONE),
            (5, "nonce", text, ONE), (6, "removed_resources", text, MANY), (7, "control_plane", ".foreign.ControlPlane", ONE))
    pool = descriptor_pool.Default()
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return lambda name: factory.GetPrototype(pool.FindMessageTypeByName("foreign." + name))


def show(line):
    print(json.dumps(line), flush=True)


def main():
    make = build()
    named = make("Named")
    is_delta = sys.argv[2] == "delta"
    request, response = (make("DeltaRequest"), make("DeltaResponse")) if is_delta else (make("SotwRequest"), make("SotwResponse"))
    outgoing = queue.Queue()
    method = "/envoy.service.discovery.v3.AggregatedDiscoveryService/" + ("DeltaAggregatedResources" if is_delta else "StreamAggregatedResources")
    call = grpc.insecure_channel(sys.argv[1]).stream_stream(method, request.SerializeToString, response.FromString)

    def read():
        for line in sys.stdin:
            outgoing.put(json_format.Parse(line, request()))
        outgoing.put(None)

    threading.Thread(target=read, daemon=True).start()
    metadata = [("authorization", sys.argv[3])] if len(sys.argv) > 3 else []
    try:
        for answer in call(iter(outgoing.get, None), metadata=metadata, timeout=120):
            bodies = [entry.resource if is_delta else entry for entry in answer.resources]
            show({
                "type": answer.type_url,
                "nonce": answer.nonce,
                "version": answer.system_version_info if is_delta else answer.version_info,
                "controlPlane": answer.control_plane.identifier,
                "resources": {named.FromString(body.value).name: body.value.hex() for body in bodies},
                "versions": {entry.name: entry.version for entry in answer.resources} if is_delta else {},
                "removed": list(answer.removed_resources) if is_delta else [],
            })
        show({"status": "OK"})
    except grpc.RpcError as error:
        show({"status": error.code().name, "details": error.details()})


main()
