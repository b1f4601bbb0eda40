using System.IO.Enumeration;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Finds the resource files of a folder and its sub-folders.</summary>
internal static class ResourceFolder
{
    /// <summary>
    /// Files ending in <c>.yaml</c> or <c>.yml</c>, by path in byte order. What begins with a dot is passed over, and so are links to
    /// folders: a mounted volume keeps its older versions behind such names, and a link may lead in a circle.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be listed.</exception>
    public static IReadOnlyList<string> FindFiles(string folder)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = ResourceLimits.MaxFolderDepth,
            AttributesToSkip = default,
            IgnoreInaccessible = false,
        };
        var files = new FileSystemEnumerable<string>(folder, static (ref FileSystemEntry entry) => entry.ToFullPath(), options)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory && IsResourceFile(entry.FileName),
            ShouldRecursePredicate = static (ref FileSystemEntry entry) =>
                !entry.FileName.StartsWith('.') && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        return [.. files.Order(StringComparer.Ordinal)];
    }

    private static bool IsResourceFile(ReadOnlySpan<char> name) =>
        !name.StartsWith('.') && (name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal));
}
