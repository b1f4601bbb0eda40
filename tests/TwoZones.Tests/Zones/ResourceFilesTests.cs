using Zoneway.TwoZones.Zones;

namespace Zoneway.TwoZones.Tests.Zones;

public sealed class ResourceFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("zoneway-test-resources-").FullName;

    [Fact]
    public void WriteDataplane_Instance_IsOneFileInKumasForm()
    {
        new ResourceFiles(_folder).WriteDataplane(new MeshService("default", "backend"), new Instance("east", "backend-east-1"), port: 4711);

        const string Expected = """
            type: Dataplane
            mesh: default
            name: backend-east-1
            networking:
              address: 127.0.0.1
              inbound:
              - port: 4711
                tags:
                  kuma.io/service: backend
                  kuma.io/zone: east

            """;
        Assert.Equal([Path.Combine(_folder, "dataplane-default-backend-east-1.yaml")], Directory.GetFiles(_folder));
        Assert.Equal(Expected, File.ReadAllText(Path.Combine(_folder, "dataplane-default-backend-east-1.yaml")));
    }

    [Fact]
    public void WriteMesh_WrittenAgain_ReplacesTheFile()
    {
        var resources = new ResourceFiles(_folder);

        resources.WriteMesh("default");
        resources.WriteMesh("default");

        Assert.Equal([Path.Combine(_folder, "mesh-default.yaml")], Directory.GetFiles(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
