using Microsoft.Extensions.Logging;

namespace Zoneway.SniRouter.AccessLogs;

/// <summary>
/// Appends to a file. The file is opened anew now and then, so that one that was renamed or removed by log rotation is replaced within a second of traffic, without a signal.
/// </summary>
internal sealed class FileSink(AccessLogDestination destination, TimeProvider time, ILogger logger) : AccessLogSink(destination, logger)
{
    private static readonly TimeSpan LongestOpen = TimeSpan.FromSeconds(1);

    private readonly string _path = destination.Address;
    private Stream? _stream;
    private long _opened;

    protected override void Write(ReadOnlySpan<byte> lines)
    {
        if (_stream is { CanSeek: true } && time.GetElapsedTime(_opened) >= LongestOpen)
        {
            Close();
        }

        if (_stream is null)
        {
            _stream = Open(_path);
            _opened = time.GetTimestamp();
        }

        if (_stream.CanSeek)
        {
            // Others may write to the file as well, or cut it.
            _stream.Seek(0, SeekOrigin.End);
        }

        _stream.Write(lines);
        _stream.Flush();
    }

    protected override void Close()
    {
        _stream?.Dispose();
        _stream = null;
    }

    private static Stream Open(string path) => path switch
    {
        // Opening these by name fails where they are sockets, as under some service managers.
        "/dev/stdout" => Console.OpenStandardOutput(),
        "/dev/stderr" => Console.OpenStandardError(),
        _ => new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0),
    };
}
