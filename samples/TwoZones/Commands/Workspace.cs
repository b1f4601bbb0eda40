namespace Zoneway.TwoZones.Commands;

/// <summary>A new folder below the system's temporary one, readable by this user only; it goes when this object does.</summary>
internal sealed class Workspace(bool keep) : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("zoneway-two-zones-").FullName;

    /// <summary>A new sub-folder.</summary>
    public string CreateFolder(string name) => Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;

    public void Dispose()
    {
        if (!keep)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
