namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>When a resource directory is read again.</summary>
/// <param name="Debounce">Time between the first sign of a change and reading it, so that a file is seen whole. Default 100 ms.</param>
/// <param name="RescanInterval">Longest time between two looks at the directory when no change was signalled; for file systems that signal none. Default 5 s.</param>
internal sealed record ResourceDirectoryTiming(TimeSpan Debounce, TimeSpan RescanInterval)
{
    public static ResourceDirectoryTiming Default { get; } = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
}
