using System.Text;
using System.Text.Json;
using Zoneway.SniRouter.Tls;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Tls;

/// <summary>First flights from BoringSSL's fuzz corpus, judged beforehand by an independent parser.</summary>
public sealed class ClientHelloCorpusTests
{
    private const string Corpus = "clienthello/boringssl.jsonl";

    // The corpus has a hello of 18 kB.
    private const int MaxBytes = 64 * 1024;

    // Where we answer otherwise than the corpus, by id, and why.
    private static readonly Dictionary<string, ClientHelloReadStatus> Disagreements = new()
    {
        // Called incomplete as its last record is cut; but that record's first byte already gives handshake type 0x16, no client_hello.
        ["0d05d4108670"] = ClientHelloReadStatus.Malformed,
    };

    [FixtureFact(Corpus)]
    public void Read_CompleteCases_AgreeOnEverything()
    {
        var cases = Cases().Where(entry => entry.Status == "complete").ToList();

        Assert.All(cases, entry => Assert.Equal(
            entry.Expected,
            ReadResult.Of(entry.Bytes, MaxBytes) with { SupportedVersions = "", LegacyVersion = 0 }));
        Assert.Equal(348, cases.Count);
    }

    [FixtureFact(Corpus)]
    public void Read_OtherCases_AgreeButForTheExplained()
    {
        var cases = Cases().Where(entry => entry.Status != "complete").ToList();

        Assert.All(cases, entry => Assert.Equal(
            (entry.Id, Disagreements.GetValueOrDefault(entry.Id, StatusNamed(entry.Status))),
            (entry.Id, ReadResult.Of(entry.Bytes, MaxBytes).Status)));
        Assert.Equal(68, cases.Count);
    }

    [FixtureFact(Corpus)]
    public void Read_EveryCase_IsPrefixStableAndIndifferentToSegments() => Assert.All(Cases(), entry =>
    {
        PrefixStability.Check(entry.Bytes, MaxBytes);
        Assert.Equal(ReadResult.Of(entry.Bytes, MaxBytes), ReadResult.Of(ByteSegments.Split(entry.Bytes, 13), MaxBytes));
    });

    private static ClientHelloReadStatus StatusNamed(string status) => status switch
    {
        "incomplete" => ClientHelloReadStatus.NeedMore,
        "not_tls" => ClientHelloReadStatus.NotTls,
        "malformed" => ClientHelloReadStatus.Malformed,
        _ => ClientHelloReadStatus.Complete,
    };

    private static IEnumerable<Case> Cases() =>
        File.ReadLines(Fixtures.Path(Corpus)).Select(static line => new Case(JsonElement.Parse(line)));

    private sealed class Case(JsonElement json)
    {
        public string Id { get; } = json.GetProperty("id").GetString()!;

        public string Status { get; } = json.GetProperty("status").GetString()!;

        public byte[] Bytes { get; } = Convert.FromHexString(json.GetProperty("hex").GetString()!);

        public ReadResult Expected => new(
            ClientHelloReadStatus.Complete,
            BytesNeeded: 0,
            HasServerName: json.GetProperty("sni").ValueKind != JsonValueKind.Null,
            ServerName: json.GetProperty("sni").GetString() ?? "",
            ApplicationProtocols: Joined("alpn", static name => Convert.ToHexString(Encoding.Latin1.GetBytes(name.GetString()!))),
            SupportedVersions: "",
            KeyShareGroups: Joined("key_shares", static group => group.GetInt32()),
            LegacyVersion: 0,
            OffersEncryptedClientHello: json.GetProperty("ech").GetBoolean(),
            WireLength: json.GetProperty("wire_length").GetInt32());

        private string Joined<T>(string property, Func<JsonElement, T> read) =>
            string.Join(',', json.GetProperty(property).EnumerateArray().Select(read));
    }
}
