using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Zoneway.SniRouter.Tests.Clusters.Dns;

/// <summary>Builds answers to DNS questions, good and bad. A new one answers with the question's id and question, and no record.</summary>
internal sealed class DnsMessageBuilder
{
    private const int QuestionNamePointer = 0xC00C;

    private readonly byte[] _query;
    private readonly List<byte> _records = [];
    private int _count;

    public DnsMessageBuilder(byte[] query) => _query = query;

    public int Flags { get; set; } = 0x8180;

    public int IdChange { get; set; }

    /// <summary>What the header says about the number of records; null for the truth.</summary>
    public int? Count { get; set; }

    /// <summary>The question repeated; null for the one that was asked.</summary>
    public byte[]? Question { get; set; }

    /// <summary>The name in a question, and its type.</summary>
    public static (string Name, int Type) Read(byte[] query)
    {
        var labels = new List<string>();
        int at = 12;
        for (; query[at] != 0; at += 1 + query[at])
        {
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
        }

        return (string.Join('.', labels), BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(at + 1)));
    }

    public static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    public DnsMessageBuilder Address(string address, uint timeToLive = 60, string? owner = null)
    {
        byte[] bytes = IPAddress.Parse(address).GetAddressBytes();
        return Record(owner is null ? Short(QuestionNamePointer) : Name(owner), bytes.Length == 4 ? 1 : 28, timeToLive, bytes);
    }

    public DnsMessageBuilder Alias(string target, uint timeToLive = 60, string? owner = null) =>
        Record(owner is null ? Short(QuestionNamePointer) : Name(owner), 5, timeToLive, Name(target));

    public DnsMessageBuilder Record(byte[] owner, int type, uint timeToLive, byte[] data, int recordClass = 1, int? length = null)
    {
        _count++;
        _records.AddRange([.. owner, .. Short(type), .. Short(recordClass), .. Short((int)(timeToLive >> 16)), .. Short((int)(timeToLive & 0xFFFF)), .. Short(length ?? data.Length), .. data]);
        return this;
    }

    public DnsMessageBuilder With(Action<DnsMessageBuilder> change)
    {
        change(this);
        return this;
    }

    public byte[] Build()
    {
        int id = (BinaryPrimitives.ReadUInt16BigEndian(_query) + IdChange) & 0xFFFF;
        return [.. Short(id), .. Short(Flags), .. Short(1), .. Short(Count ?? _count), 0, 0, 0, 0, .. Question ?? _query[12..], .. _records];
    }

    public static byte[] Short(int value) => [(byte)(value >> 8), (byte)value];
}
