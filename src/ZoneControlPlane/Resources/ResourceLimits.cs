namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Sizes beyond which a resource directory or file is refused instead of read.</summary>
internal static class ResourceLimits
{
    /// <summary>Largest resource file, in bytes.</summary>
    public const int MaxFileBytes = 8 * 1024 * 1024;

    /// <summary>Most values (YAML nodes) in a file: about 30,000 Dataplanes.</summary>
    public const int MaxFileNodes = 1_000_000;

    /// <summary>Most resource files in the directory; those beyond, in path order, are not read.</summary>
    public const int MaxFiles = 10_000;

    /// <summary>Deepest sub-folder that is read.</summary>
    public const int MaxFolderDepth = 16;

    /// <summary>Largest resource that a proxy may send of itself, in characters.</summary>
    public const int MaxEmbeddedLength = 256 * 1024;

    /// <summary>Most values in a resource that a proxy sends of itself.</summary>
    public const int MaxEmbeddedNodes = 10_000;

    /// <summary>Most tags of one inbound or service.</summary>
    public const int MaxTags = 64;

    /// <summary>Longest name, host or tag value, in characters.</summary>
    public const int MaxNameLength = 253;

    /// <summary>Most findings kept for one file; an endless bad file must not flood the log.</summary>
    public const int MaxProblems = 50;
}
