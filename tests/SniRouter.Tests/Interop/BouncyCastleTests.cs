using System.Collections;
using System.Text;
using Org.BouncyCastle.Crypto.Tls;
using Org.BouncyCastle.Security;
using Zoneway.SniRouter.Telemetry;
using Zoneway.SniRouter.Tests.Proxying;
using Zoneway.TestUtilities;
using Certificate = Org.BouncyCastle.Crypto.Tls.Certificate;

namespace Zoneway.SniRouter.Tests.Interop;

/// <summary>BouncyCastle's TLS client through the router: a stack that shares no code with ours. Version 1.8.10 speaks TLS 1.2 at most.</summary>
public abstract class BouncyCastleTests(PathUnderTest path)
{
    [Fact]
    public async Task MutualTls12_KumasServerName_HandshakeAndEchoThroughTheRouter()
    {
        await using var fixture = await InteropFixture.StartAsync(path);
        using var peer = await fixture.Proxy.ConnectAsync();

        // The protocol blocks, so it gets a thread of its own.
        string answer = await Task.Factory.StartNew(() => Exchange(peer, new Client(fixture)), TaskCreationOptions.LongRunning).WithinLimit();

        Assert.Equal(InteropFixture.Answer("Tls12", "hello"), answer);
        peer.FinishSending();
        await fixture.Proxy.ExpectAsync(ConnectionOutcome.Completed);
    }

    private static string Exchange(TcpPeer peer, Client client)
    {
        var protocol = new TlsClientProtocol(peer.Stream, new SecureRandom());
        protocol.Connect(client);
        protocol.Stream.Write("hello\n"u8);
        var answer = new StringBuilder();
        for (int next = protocol.Stream.ReadByte(); next is not (-1 or '\n'); next = protocol.Stream.ReadByte())
        {
            answer.Append((char)next);
        }

        protocol.Close();
        return answer.ToString();
    }

    private sealed class Client(InteropFixture fixture) : DefaultTlsClient
    {
        public override IDictionary GetClientExtensions()
        {
            var extensions = TlsExtensionsUtilities.EnsureExtensionsInitialised(base.GetClientExtensions());
            var name = new ServerName(NameType.host_name, InteropFixture.ServerName);
            TlsExtensionsUtilities.AddServerNameExtension(extensions, new ServerNameList(new ArrayList { name }));
            return extensions;
        }

        public override TlsAuthentication GetAuthentication() => new Authentication(fixture, mContext);
    }

    private sealed class Authentication(InteropFixture fixture, TlsContext context) : TlsAuthentication
    {
        public void NotifyServerCertificate(Certificate serverCertificate) =>
            Assert.Equal("CN=test authority", serverCertificate.GetCertificateAt(0).Issuer.ToString());

        public TlsCredentials GetClientCredentials(CertificateRequest certificateRequest)
        {
            var chain = new Certificate([Org.BouncyCastle.Asn1.X509.X509CertificateStructure.GetInstance(fixture.ClientCertificate.RawData)]);
            using var reader = new StreamReader(fixture.KeyFile);
            var key = (Org.BouncyCastle.Crypto.AsymmetricKeyParameter)new Org.BouncyCastle.OpenSsl.PemReader(reader).ReadObject();
            return new DefaultTlsSignerCredentials(context, chain, key, new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
        }
    }
}

public sealed class PortableBouncyCastleTests() : BouncyCastleTests(PathUnderTest.Portable);

public sealed class EngineBouncyCastleTests() : BouncyCastleTests(PathUnderTest.Engine);
