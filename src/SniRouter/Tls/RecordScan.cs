using System.Buffers.Binary;

namespace Zoneway.SniRouter.Tls;

/// <summary>
/// Walks the TLS records (RFC 8446 §5.1) that carry a ClientHello, up to the end of the record in which it ends.
/// Looks at the headers of the records and of the handshake message only, and copies nothing.
/// </summary>
/// <remarks>
/// Each verdict is reached at one place of the input and depends on the bytes before it alone; hence a longer input never changes it.
/// A record is taken as a whole: the hello is complete, and measured against the limit, with the end of its last record.
/// </remarks>
internal ref struct RecordScan(ReadOnlySpan<byte> input, int maxBytes)
{
    /// <summary>Record header: content type (1), version (2), length of the content (2).</summary>
    public const int RecordHeaderLength = 5;

    /// <summary>Where the length stands in a record header.</summary>
    public const int LengthOffset = 3;

    /// <summary>Handshake message header: type (1), length of the body (3).</summary>
    public const int MessageHeaderLength = 4;

    // Plaintext records end at 2^14 (RFC 8446 §5.1), but RFC 5246 §6.2.3 lets any record claim 2^14 + 2048 before it must be refused.
    private const int MaxContentLength = (1 << 14) + 2048;
    private const byte HandshakeRecord = 0x16;
    private const byte MajorVersion = 0x03;
    private const byte ClientHelloType = 0x01;

    private readonly ReadOnlySpan<byte> _input = input;
    private readonly int _maxBytes = maxBytes;
    private int _contentStart;
    private int _recordEnd;
    private int _handshakeBytes;
    private uint _messageHeader;
    private int _messageHeaderBytes;

    /// <summary>After <see cref="ClientHelloReadStatus.NeedMore"/>: the least length of input that lets the walk go on. Otherwise 0.</summary>
    public int BytesNeeded { get; private set; }

    /// <summary>Where the first record that is not empty has its content.</summary>
    public int MessageStart { get; private set; }

    /// <summary>Handshake header included; until that header has been read, the least there can be.</summary>
    public int MessageLength { get; private set; } = MessageHeaderLength;

    /// <summary>Where the last record ends.</summary>
    public readonly int WireLength => _recordEnd;

    /// <summary>Whether one record holds the whole message, so that it can be read where it lies.</summary>
    public readonly bool IsContiguous => MessageStart == _contentStart;

    public ClientHelloReadStatus Run()
    {
        do
        {
            if ((ReadRecordHeader() ?? ReadMessageHeader()) is { } verdict)
            {
                return verdict;
            }
        }
        while (_handshakeBytes < MessageLength);

        return _input.Length < _recordEnd ? NeedMore(_recordEnd) : ClientHelloReadStatus.Complete;
    }

    // Null says: no verdict yet, go on.
    private ClientHelloReadStatus? ReadRecordHeader()
    {
        int start = _recordEnd;
        if (start == 0 && JudgeFirstBytes() is { } verdict)
        {
            return verdict;
        }

        if (_input.Length < start + RecordHeaderLength)
        {
            return NeedMore(start + RecordHeaderLength);
        }

        var header = _input.Slice(start, RecordHeaderLength);
        int length = BinaryPrimitives.ReadUInt16BigEndian(header[LengthOffset..]);
        if (header[0] != HandshakeRecord || header[1] != MajorVersion || length > MaxContentLength)
        {
            return ClientHelloReadStatus.Malformed;
        }

        EnterRecord(start + RecordHeaderLength, length);
        return ExceedsLimit() ? ClientHelloReadStatus.TooLarge : null;
    }

    // Said at once, so that a client that speaks something else, and may wait for an answer to few bytes, is not kept until the timeout.
    private ClientHelloReadStatus? JudgeFirstBytes() => _input switch
    {
        [] => NeedMore(1),
        [not HandshakeRecord, ..] => ClientHelloReadStatus.NotTls,
        [_] => NeedMore(2),
        [_, not MajorVersion, ..] => ClientHelloReadStatus.NotTls,
        _ => null,
    };

    // Empty handshake records are forbidden (RFC 8446 §5.1) but seen and harmless; the limit bounds how many there can be.
    private void EnterRecord(int contentStart, int length)
    {
        if (_handshakeBytes == 0)
        {
            MessageStart = contentStart;
        }

        _contentStart = contentStart;
        _recordEnd = contentStart + length;
        _handshakeBytes += length;
    }

    // The header may itself be split over records.
    private ClientHelloReadStatus? ReadMessageHeader()
    {
        int missing = MessageHeaderLength - _messageHeaderBytes;
        if (missing == 0)
        {
            return null;
        }

        int end = Math.Min(_contentStart + missing, _recordEnd);
        bool endsHere = end == _contentStart + missing;
        if (endsHere && _input.Length < end)
        {
            return NeedMore(end);
        }

        // Where it does not end here and the input does, the next record's header is what is missing; nothing taken here will be used.
        foreach (byte value in _input[_contentStart..Math.Min(end, _input.Length)])
        {
            _messageHeader = (_messageHeader << 8) | value;
        }

        _messageHeaderBytes += end - _contentStart;
        return endsHere ? JudgeMessageHeader() : null;
    }

    private ClientHelloReadStatus? JudgeMessageHeader()
    {
        if (_messageHeader >> 24 != ClientHelloType)
        {
            return ClientHelloReadStatus.Malformed;
        }

        MessageLength = MessageHeaderLength + (int)(_messageHeader & 0xFFFFFF);
        return ExceedsLimit() ? ClientHelloReadStatus.TooLarge : null;
    }

    // The hello ends with the current record at the earliest; what that does not carry takes more records, each with its header.
    private readonly bool ExceedsLimit()
    {
        int missing = Math.Max(MessageLength - _handshakeBytes, 0);
        int headers = (missing + MaxContentLength - 1) / MaxContentLength * RecordHeaderLength;
        return _recordEnd + missing + headers > _maxBytes;
    }

    private ClientHelloReadStatus NeedMore(int length)
    {
        BytesNeeded = length;
        return ClientHelloReadStatus.NeedMore;
    }
}
