using System.Buffers.Binary;
using System.Text;
using Zoneway.LoadTest.Egress.Backend;

namespace Zoneway.LoadTest.Egress.Load;

/// <summary>A small GET and its answer over HTTP/2, on a new stream each time. The header block is the same for all: nothing is put into HPACK's table.</summary>
internal sealed class Http2Exchange : IExchange
{
    private const int InitialWindow = 65_535;

    // :method GET, :scheme https, :path /, and :authority as a literal that is not indexed (RFC 7541 §6.1, §6.2.2, appendix A).
    private static readonly byte[] HeaderBlock =
        [0x82, 0x87, 0x84, 0x01, (byte)EgressService.ServerName.Length, .. Encoding.ASCII.GetBytes(EgressService.ServerName)];

    // SETTINGS_HEADER_TABLE_SIZE 0, so that header blocks can be read without their history, and SETTINGS_ENABLE_PUSH 0.
    private static readonly byte[] Preface =
    [
        .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Http2Frame.Write(Http2FrameType.Settings, 0, 0, [0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]), .. WindowUpdate(int.MaxValue - InitialWindow),
    ];

    private static readonly byte[] SettingsAcknowledged = Http2Frame.Write(Http2FrameType.Settings, Http2Frame.Acknowledged, 0, []);

    private readonly byte[] _request = Http2Frame.Write(Http2FrameType.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, 0, HeaderBlock);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _filled;
    private int _stream = -1;
    private int _body;
    private bool _isOver;
    private long _windowUsed;
    private byte[]? _reply;

    /// <inheritdoc/>
    public long PayloadBytes => BenchAnswer.BodyBytes;

    /// <inheritdoc/>
    public ValueTask BeginAsync(Stream stream, CancellationToken cancellationToken) => stream.WriteAsync(Preface, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask ExchangeAsync(Stream stream, CancellationToken cancellationToken)
    {
        _stream += 2;
        (_body, _isOver) = (0, false);
        BinaryPrimitives.WriteInt32BigEndian(_request.AsSpan(5), _stream);
        await stream.WriteAsync(_request, cancellationToken);
        while (!_isOver)
        {
            while (!_isOver && TakeFrame())
            {
                if (_reply is not null)
                {
                    await stream.WriteAsync(_reply, cancellationToken);
                    _reply = null;
                }
            }

            if (!_isOver)
            {
                var count = await stream.ReadAsync(_buffer.AsMemory(_filled), cancellationToken);
                _filled += count > 0 ? count : throw new IOException("the connection ended before the answer");
            }
        }
    }

    private static byte[] WindowUpdate(int increment)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, increment);
        return Http2Frame.Write(Http2FrameType.WindowUpdate, 0, 0, payload);
    }

    /// <summary>Takes a frame off the buffer.</summary>
    /// <returns>False when there is none.</returns>
    private bool TakeFrame()
    {
        if (!Http2Frame.TryRead(_buffer.AsSpan(0, _filled), out var frame))
        {
            return false;
        }

        var length = frame.Length;
        Handle(frame);
        _buffer.AsSpan(length, _filled - length).CopyTo(_buffer);
        _filled -= length;
        return true;
    }

    private void Handle(Http2Frame frame)
    {
        switch (frame.Type)
        {
            case Http2FrameType.Headers when frame.Stream == _stream:
                Check(frame.Has(Http2Frame.EndHeaders) && IsOk(frame), "answered without status 200");
                break;
            case Http2FrameType.Data when frame.Stream == _stream:
                TakeBody(frame);
                break;
            case Http2FrameType.Settings when !frame.Has(Http2Frame.Acknowledged):
                _reply = SettingsAcknowledged;
                break;
            case Http2FrameType.Ping when !frame.Has(Http2Frame.Acknowledged):
                _reply = Http2Frame.Write(Http2FrameType.Ping, Http2Frame.Acknowledged, 0, frame.Payload);
                break;
            case Http2FrameType.ResetStream or Http2FrameType.GoAway:
                throw new IOException($"{frame.Type} instead of an answer");
        }

        if (frame.Stream == _stream && frame.Type is Http2FrameType.Headers or Http2FrameType.Data && frame.Has(Http2Frame.EndStream))
        {
            Check(_body == BenchAnswer.BodyBytes, "a body of another length");
            _isOver = true;
        }
    }

    private void TakeBody(Http2Frame frame)
    {
        Check(!frame.Has(Http2Frame.Padded) && _body + frame.Payload.Length <= BenchAnswer.BodyBytes, "a body of another length");
        Check(frame.Payload.SequenceEqual(BenchAnswer.Body.AsSpan(_body, frame.Payload.Length)), "another body");
        _body += frame.Payload.Length;
        _windowUsed += frame.Payload.Length;
        if (_windowUsed > int.MaxValue / 2)
        {
            _reply = WindowUpdate((int)_windowUsed);
            _windowUsed = 0;
        }
    }

    // Changes of the table's size may come first (RFC 7541 §6.3); then :status, for which 200 has an entry of the static table.
    private static bool IsOk(Http2Frame frame)
    {
        var start = frame.Payload.IndexOfAnyExceptInRange((byte)0x20, (byte)0x3f);
        return !frame.Has(Http2Frame.Padded) && start >= 0 && frame.Payload[start] == 0x88;
    }

    private static void Check(bool isRight, string problem)
    {
        if (!isRight)
        {
            throw new WrongAnswerException(problem);
        }
    }
}
