using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>
/// One file of the directory over its life: reads it when it has changed. While a document is bad, what the file defined before and does
/// not define now stays in force, for it may be what the bad document is about.
/// Used by one reader at a time.
/// </summary>
internal sealed class ResourceFileState(string path)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private (long Length, DateTime Written) _stamp;
    private byte[] _hash = [];

    /// <summary>Resources of the good documents and, while there are bad ones, the last good state of others.</summary>
    public ImmutableArray<Resource> Resources { get; private set; } = [];

    /// <summary>Whether the content read last was bad.</summary>
    public bool IsBad { get; private set; }

    /// <summary>Reads the file when its length or time has changed, or in any case.</summary>
    /// <param name="always">Read even when the stamp is the same; two changes within the clock's resolution have one stamp.</param>
    /// <returns>What was found in a new content; null when the content is the one already known.</returns>
    public ProblemList? Refresh(bool always)
    {
        try
        {
            var file = new FileInfo(path);
            var stamp = (file.Length, file.LastWriteTimeUtc);
            if (!always && stamp == _stamp)
            {
                return null;
            }

            _stamp = stamp;
            return stamp.Length > ResourceLimits.MaxFileBytes
                ? Reject([], $"file is larger than {ResourceLimits.MaxFileBytes} bytes")
                : Apply(ReadBounded());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _stamp = default;
            return Reject([], $"cannot be read: {exception.Message}");
        }
    }

    private byte[] ReadBounded()
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[Math.Min(stream.Length, ResourceLimits.MaxFileBytes) + 1];
        return content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }

    private ProblemList? Apply(byte[] content)
    {
        var hash = SHA256.HashData(content);
        if (hash.AsSpan().SequenceEqual(_hash))
        {
            return null;
        }

        if (content.Length > ResourceLimits.MaxFileBytes)
        {
            return Reject(hash, $"file is larger than {ResourceLimits.MaxFileBytes} bytes");
        }

        if (Decode(content) is not { } text)
        {
            return Reject(hash, "file is not UTF-8");
        }

        _hash = hash;
        var read = ResourceReader.Read(text);
        IsBad = read.Findings.HasErrors;
        Resources = IsBad ? Together(read.Resources, Resources.RemoveAll(static resource => resource is BrokenPermissionResource), read.Refusals) : read.Resources;
        return read.Findings;
    }

    // Each resource once: as it is now, else as it was, else what stands in for it.
    private static ImmutableArray<Resource> Together(params ReadOnlySpan<ImmutableArray<Resource>> states)
    {
        var all = ImmutableArray.CreateBuilder<Resource>();
        foreach (var state in states)
        {
            var known = all.Select(static resource => resource.Key).ToHashSet();
            all.AddRange(state.Where(resource => !known.Contains(resource.Key)));
        }

        return all.ToImmutable();
    }

    // The same complaint again is no news.
    private ProblemList? Reject(byte[] hash, string reason)
    {
        var key = hash.Length > 0 ? hash : SHA256.HashData(Encoding.UTF8.GetBytes(reason));
        if (IsBad && key.AsSpan().SequenceEqual(_hash))
        {
            return null;
        }

        _hash = key;
        IsBad = true;
        var problems = new ProblemList();
        problems.Error(1, reason);
        return problems;
    }

    private static string? Decode(byte[] content)
    {
        try
        {
            var text = StrictUtf8.GetString(content);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
