using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Tls;

/// <summary>Hellos of many shapes, by name, all readable within the default limit.</summary>
internal static class SampleHellos
{
    public const string KumaName = "backend{mesh=default,version=v1}";

    public static IReadOnlyDictionary<string, ClientHelloBuilder> All { get; } = new Dictionary<string, ClientHelloBuilder>
    {
        ["no extension block"] = new ClientHelloBuilder().WithoutExtensionBlock(),
        ["no extensions"] = new ClientHelloBuilder().WithSessionId(),
        ["TLS 1.2"] = new ClientHelloBuilder().WithServerName(KumaName).WithAlpn("kuma"),
        ["typical"] = ClientHelloBuilder.Typical("www.example.org"),
        ["typical in records of 100 bytes"] = ClientHelloBuilder.Typical("www.example.org").WithRecordSize(100),
        ["no server name"] = new ClientHelloBuilder().WithAlpn("h2").WithSupportedVersions(0x0304),
        ["post-quantum"] = ClientHelloBuilder.PostQuantum(KumaName),
        ["post-quantum in records of 700 bytes"] = ClientHelloBuilder.PostQuantum(KumaName).WithRecordSize(700),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    public static byte[] Bytes(string name) => All[name].Build();

    public static byte[] Message(string name) => All[name].BuildMessage();
}
