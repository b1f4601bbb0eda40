using System.IO.MemoryMappedFiles;

namespace Zoneway.LoadTest.Load;

/// <summary>What the back end counts, in a mapped file, so that the client can read it at the very ends of an interval.</summary>
internal sealed class SharedCounters : IDisposable
{
    private const int Bytes = 4096;
    private const int OpenOffset = 0;
    private const int ReceivedOffset = 64;
    private const int WrongBytesOffset = 128;
    private const int WrongHellosOffset = 192;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <param name="path">The file; made if it is not there.</param>
    public SharedCounters(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Bytes);
        _view = _file.CreateViewAccessor(0, Bytes);
    }

    /// <summary>Connections open.</summary>
    public long Open => _view.ReadInt64(OpenOffset);

    /// <summary>Bytes taken in by sinks.</summary>
    public long Received => _view.ReadInt64(ReceivedOffset);

    /// <summary>Receives with bytes other than those of the pattern.</summary>
    public long WrongBytes => _view.ReadInt64(WrongBytesOffset);

    /// <summary>Hellos that did not arrive as they were sent.</summary>
    public long WrongHellos => _view.ReadInt64(WrongHellosOffset);

    public void AddOpen(int change) => Add(OpenOffset, change);

    public void AddReceived(int bytes) => Add(ReceivedOffset, bytes);

    public void AddWrongBytes() => Add(WrongBytesOffset, 1);

    public void AddWrongHello() => Add(WrongHellosOffset, 1);

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    // Only the back end's one thread writes.
    private void Add(int offset, long change) => _view.Write(offset, _view.ReadInt64(offset) + change);
}
