using System.Text;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Admin;
using Zoneway.Xds.Protocol;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Tests.Admin;

public sealed class ResourceJsonTests
{
    [Fact]
    public void Of_PackedMessageOfUnknownType_ShowsItsTypeAlone()
    {
        var cluster = new Cluster
        {
            Name = "a",
            TransportSocket = new TransportSocket { Name = "x", TypedConfig = new Any { TypeUrl = "type.googleapis.com/nobody.knows.This", Value = ByteString.CopyFromUtf8("\u0001\u0002") } },
        };

        var json = ResourceJson.Of(Resource(TypeUrls.Cluster, cluster));

        Assert.Equal(TypeUrls.Cluster, json["@type"]!.GetValue<string>());
        var config = json["transport_socket"]!["typed_config"]!.AsObject();
        Assert.Equal(["@type"], config.Select(field => field.Key));
        Assert.Equal("type.googleapis.com/nobody.knows.This", config["@type"]!.GetValue<string>());
    }

    [Fact]
    public void Of_Secret_BlanksTheKeyOnly()
    {
        var secret = new Secret
        {
            Name = "s",
            TlsCertificate = new TlsCertificate
            {
                CertificateChain = new DataSource { InlineBytes = ByteString.CopyFromUtf8("certificate") },
                PrivateKey = new DataSource { InlineString = "very secret" },
            },
        };

        var text = ResourceJson.Of(Resource(TypeUrls.Secret, secret)).ToJsonString();

        Assert.DoesNotContain("very secret", text, StringComparison.Ordinal);
        Assert.Contains("[redacted]", text, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes("certificate")), text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_KeyInsideAPackedMessage_IsBlanked()
    {
        var context = new DownstreamTlsContext { CommonTlsContext = new CommonTlsContext { TlsCertificates = { new TlsCertificate { PrivateKey = new DataSource { InlineBytes = ByteString.CopyFromUtf8("very secret") } } } } };
        var cluster = new Cluster { Name = "a", TransportSocket = new TransportSocket { Name = "tls", TypedConfig = Any.Pack(context) } };

        var text = ResourceJson.Of(Resource(TypeUrls.Cluster, cluster)).ToJsonString();

        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes("very secret")), text, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes("[redacted]")), text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_BytesThatAreNoMessage_ShowsTheTypeAlone()
    {
        var json = ResourceJson.Of(new XdsResource("a", "1", TypeUrls.Cluster, ByteString.CopyFrom(0x0A, 0x7F)));

        Assert.Equal(["@type"], json.Select(field => field.Key));
    }

    private static XdsResource Resource(string typeUrl, IMessage message) => new("a", "1", typeUrl, message.ToByteString());
}
