using System.Net;

namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>What a message says in answer to a question.</summary>
/// <param name="Status">Whether it is an answer.</param>
/// <param name="Answer">The answer, where it is one.</param>
internal readonly record struct DnsResponse(DnsResponseStatus Status, DnsAnswer Answer = default)
{
    // Aliases that lead to an address; more than any sane zone has, and a bound for loops.
    private const int MaxAliases = 16;

    private const ushort TypeCname = 5;
    private const int FlagResponse = 0x8000;
    private const int FlagTruncated = 0x0200;
    private const int MaskOpcode = 0x7800;
    private const int MaskCode = 0x000F;
    private const int CodeNoError = 0;
    private const int CodeNameError = 3;

    /// <summary>Reads a message, of which nothing is believed before it repeats id and question (RFC 5452 §9.1).</summary>
    public static DnsResponse Parse(ReadOnlySpan<byte> message, ushort id, DnsQuestion question)
    {
        var reader = new DnsMessageReader(message);
        if (!reader.TryReadUInt16(out var responseId) || !reader.TryReadUInt16(out var flags) || !reader.TryReadUInt16(out var questions)
            || !reader.TryReadUInt16(out var answers) || !reader.TryReadUInt32(out _) || responseId != id || (flags & (FlagResponse | MaskOpcode)) != FlagResponse
            || questions != 1 || !reader.TryReadName(out var name) || !reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out var recordClass)
            || name != question.Name || type != question.Type || recordClass != DnsQuestion.ClassInternet)
        {
            return new(DnsResponseStatus.Foreign);
        }

        if ((flags & FlagTruncated) != 0)
        {
            return new(DnsResponseStatus.Truncated);
        }

        return (flags & MaskCode) switch
        {
            CodeNameError => Of(DnsAnswer.Empty("no such name")),
            CodeNoError => Of(ReadAnswers(ref reader, answers, question)),
            var code => Of(DnsAnswer.Failed($"the server answered with code {code}")),
        };
    }

    private static DnsResponse Of(DnsAnswer answer) => new(DnsResponseStatus.Answer, answer);

    private static DnsAnswer ReadAnswers(ref DnsMessageReader reader, int count, DnsQuestion question)
    {
        var aliases = new Dictionary<string, (string Target, uint TimeToLive)>(StringComparer.Ordinal);
        var addresses = new List<(string Owner, IPAddress Address, uint TimeToLive)>();
        for (var i = 0; i < count; i++)
        {
            if (!TryReadRecord(ref reader, question.Type, aliases, addresses))
            {
                return DnsAnswer.Failed("the server's answer is malformed");
            }
        }

        var owner = question.Name;
        var timeToLive = uint.MaxValue;
        for (var followed = 0; aliases.TryGetValue(owner, out var alias); followed++)
        {
            if (followed == MaxAliases)
            {
                return DnsAnswer.Failed("too many aliases");
            }

            (owner, timeToLive) = (alias.Target, Math.Min(timeToLive, alias.TimeToLive));
        }

        var found = addresses.FindAll(record => record.Owner == owner);
        return found.Count == 0
            ? DnsAnswer.Empty("no address")
            : DnsAnswer.Of(found.Select(record => record.Address).Distinct(), TimeSpan.FromSeconds(found.Min(record => Math.Min(timeToLive, record.TimeToLive))));
    }

    /// <summary>Reads a resource record: owner, type, class, time to live (4 bytes), length of the data, data (RFC 1035 §4.1.3).</summary>
    private static bool TryReadRecord(
        ref DnsMessageReader reader, ushort wanted, Dictionary<string, (string Target, uint TimeToLive)> aliases, List<(string Owner, IPAddress Address, uint TimeToLive)> addresses)
    {
        if (!reader.TryReadName(out var owner) || !reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out var recordClass)
            || !reader.TryReadUInt32(out var timeToLive) || !reader.TryReadUInt16(out var length))
        {
            return false;
        }

        // RFC 2181 §8: what has the highest bit set is zero.
        timeToLive = timeToLive > int.MaxValue ? 0 : timeToLive;
        if (recordClass == DnsQuestion.ClassInternet && type == TypeCname)
        {
            // Read where it stands, for it may point to elsewhere in the message.
            var data = reader;
            return data.TryReadName(out var target) && reader.TryRead(length, out _) && (aliases.TryAdd(owner, (target, timeToLive)) || true);
        }

        if (!reader.TryRead(length, out var bytes))
        {
            return false;
        }

        if (recordClass != DnsQuestion.ClassInternet || type != wanted)
        {
            return true;
        }

        if (length != (type == DnsQuestion.TypeA ? 4 : 16))
        {
            return false;
        }

        addresses.Add((owner, new IPAddress(bytes), timeToLive));
        return true;
    }
}

/// <summary>Whether a message is an answer to the question.</summary>
internal enum DnsResponseStatus
{
    /// <summary>It is.</summary>
    Answer,

    /// <summary>It is, but not all of it: TCP has the rest.</summary>
    Truncated,

    /// <summary>It is none, or one to something else.</summary>
    Foreign,
}
