namespace Zoneway.TwoZones.Zones;

/// <summary>Writes the directory of Kuma resources that the control planes of all zones follow. A file appears whole or not at all.</summary>
internal sealed class ResourceFiles
{
    /// <param name="folder">The directory; made when it is missing.</param>
    public ResourceFiles(string folder)
    {
        Folder = folder;
        Directory.CreateDirectory(folder);
    }

    /// <summary>The directory.</summary>
    public string Folder { get; }

    /// <summary>A mesh with a CA of its own, whose cross-zone traffic leaves through zone egresses.</summary>
    public void WriteMesh(string name) => Write($"mesh-{name}", $$"""
        type: Mesh
        name: {{name}}
        mtls:
          enabledBackend: ca-1
          backends:
          - name: ca-1
            type: builtin
        routing:
          zoneEgress: true
        """);

    public void WriteIngress(string name, string zone, int port) => Write(name, $$"""
        type: ZoneIngress
        name: {{name}}
        zone: {{zone}}
        networking:
          address: 127.0.0.1
          port: {{port}}
          advertisedAddress: 127.0.0.1
          advertisedPort: {{port}}
        """);

    public void WriteEgress(string name, string zone, int port) => Write(name, $$"""
        type: ZoneEgress
        name: {{name}}
        zone: {{zone}}
        networking:
          address: 127.0.0.1
          port: {{port}}
        """);

    public void WriteDataplane(MeshService service, Instance instance, int port) => Write($"dataplane-{service.Mesh}-{instance.Name}", $$"""
        type: Dataplane
        mesh: {{service.Mesh}}
        name: {{instance.Name}}
        networking:
          address: 127.0.0.1
          inbound:
          - port: {{port}}
            tags:
              kuma.io/service: {{service.Name}}
              kuma.io/zone: {{instance.Zone}}
        """);

    /// <summary>A service outside of the mesh.</summary>
    public void WriteExternalService(MeshService service, string protocol, int port) => Write($"external-{service.Mesh}-{service.Name}", $$"""
        type: ExternalService
        mesh: {{service.Mesh}}
        name: {{service.Name}}
        tags:
          kuma.io/service: {{service.Name}}
          kuma.io/protocol: {{protocol}}
        networking:
          address: localhost:{{port}}
        """);

    /// <summary>Allows one service to use another one, and nobody else.</summary>
    public void WritePermission(MeshService service, string client) => Write($"permission-{service.Mesh}-{service.Name}", $$"""
        type: MeshTrafficPermission
        mesh: {{service.Mesh}}
        name: {{client}}-may-use-{{service.Name}}
        spec:
          targetRef: {kind: MeshService, name: {{service.Name}}}
          from:
          - targetRef: {kind: MeshService, name: {{client}}}
            default: {action: Allow}
        """);

    private void Write(string name, string yaml)
    {
        // What begins with a dot is not read.
        var draft = Path.Combine(Folder, $".{name}.yaml");
        File.WriteAllText(draft, yaml + "\n");
        File.Move(draft, Path.Combine(Folder, $"{name}.yaml"), overwrite: true);
    }
}
