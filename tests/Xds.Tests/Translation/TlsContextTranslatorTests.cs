using Zoneway.MutualTls;
using Zoneway.SniRouter.Routing;
using Zoneway.Termination;
using Zoneway.TestUtilities;
using Zoneway.Xds.Translation;
using static Zoneway.Xds.Tests.Translation.TestResources;

namespace Zoneway.Xds.Tests.Translation;

/// <summary>TLS contexts of chains: what cannot be done as it is asked for makes the chain refuse, and nothing is verified less than was asked for.</summary>
public sealed class TlsContextTranslatorTests : IDisposable
{
    private const string Type = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";
    private const string Identity = "tlsCertificateSdsSecretConfigs: [{name: identity}]";

    private readonly TestCertificates _mesh = new();

    private string Ca => $"{{inlineString: \"{_mesh.Authority.ExportCertificatePem().ReplaceLineEndings("\\n")}\"}}";

    public void Dispose() => _mesh.Dispose();

    [Theory]
    [InlineData("validationContext: {trustedCa: {}}", "trusted_ca")]
    [InlineData("validationContext: {trustedCa: {environmentVariable: CA}}", "trusted_ca")]
    [InlineData("validationContext: {crl: {inlineString: x}}", "crl")]
    [InlineData("validationContext: {maxVerifyDepth: 1}", "max_verify_depth")]
    [InlineData("validationContext: {requireSignedCertificateTimestamp: true}", "require_signed_certificate_timestamp")]
    [InlineData("validationContext: {caCertificateProviderInstance: {}}", "ca_certificate_provider_instance")]
    [InlineData("validationContext: {trustChainVerification: 2}", "trust_chain_verification")]
    [InlineData("validationContext: {matchTypedSubjectAltNames: [{matcher: {exact: a}}]}", "match_typed_subject_alt_names[0].san_type")]
    [InlineData("validationContext: {matchTypedSubjectAltNames: [{sanType: OTHER_NAME, matcher: {exact: a}}]}", "match_typed_subject_alt_names[0].san_type")]
    [InlineData("validationContext: {matchTypedSubjectAltNames: [{sanType: 9, matcher: {exact: a}}]}", "match_typed_subject_alt_names[0].san_type")]
    [InlineData("validationContext: {matchTypedSubjectAltNames: [{sanType: URI, matcher: {prefix: ''}}]}", "match_typed_subject_alt_names[0].matcher")]
    [InlineData("validationContext: {matchTypedSubjectAltNames: [{sanType: URI}]}", "match_typed_subject_alt_names[0].matcher")]
    [InlineData("validationContext: {customValidatorConfig: {name: x, typedConfig: {'@type': type.googleapis.com/envoy.config.rbac.v3.Action}}}", "custom_validator_config.typed_config")]
    [InlineData("validationContext: {customValidatorConfig: {name: x, typedConfig: {'@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig}}}", "trust_domains")]
    [InlineData("combinedValidationContext: {defaultValidationContext: {}}", "validation_context_sds_secret_config.name")]
    [InlineData("validationContextCertificateProvider: {}", "tls_certificate_provider_instance")]
    [InlineData("customHandshaker: {name: x}", "custom_handshaker")]
    [InlineData("tlsParams: {tlsMaximumProtocolVersion: TLSv1_1}", "tls_maximum_protocol_version")]
    [InlineData("tlsParams: {tlsMinimumProtocolVersion: 5}", "tls_minimum_protocol_version")]
    [InlineData("tlsParams: {tlsMaximumProtocolVersion: 9}", "tls_maximum_protocol_version")]
    [InlineData("tlsParams: {tlsMinimumProtocolVersion: TLSv1_3, tlsMaximumProtocolVersion: TLSv1_2}", "tls_params")]
    [InlineData("tlsParams: {compliancePolicies: [FIPS_202205]}", "compliance_policies")]
    public void Translate_WhatCannotBeDone_MakesTheChainRefuse(string context, string field)
    {
        var result = Translate(context);

        Assert.IsType<QuarantinedConfig>(result.Config!.FilterChains[0].Action);
        Assert.Contains(result.Errors, error => error.Field.Contains(field, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("{validationContext: {trustedCa: {inlineString: x}, madeUpTomorrow: 1}}")]
    [InlineData("{combinedValidationContext: {validationContextSdsSecretConfig: {name: t}, madeUpTomorrow: 1}}")]
    [InlineData("{validationContext: {matchTypedSubjectAltNames: [{sanType: URI, matcher: {exact: a}, madeUpTomorrow: 1}]}}")]
    [InlineData("{madeUpTomorrow: 1}")]
    public void Parse_FieldThatIsNotKnown_MakesTheFileUnusable(string context) => Assert.Contains(
        Zoneway.Xds.Files.EnvoyResourceFile.Parse($"resources: [{{resource: {{'@type': type.googleapis.com/envoy.config.listener.v3.Listener, name: in, filterChains: [{{transportSocket: {{name: tls, typedConfig: {{'@type': {Type}, commonTlsContext: {context}}}}}}}]}}}}]").Problems,
        problem => problem.ToString().Contains("madeUpTomorrow", StringComparison.Ordinal));

    [Theory]
    [InlineData(99)]
    [InlineData(18)]
    public void Translate_FieldOfTheValidationThatIsNotKnown_MakesTheSecretUnusable(int field)
    {
        var good = SecretFromYaml($"{{name: trust, validationContext: {{trustedCa: {Ca}}}}}");
        Assert.True(SecretTranslator.Translate(good).Config!.IsUsable);

        // validation_context = 4, again, with the field as a varint: protobuf merges the two.
        byte[] tag = [(byte)((field << 3 & 0x7F) | 0x80), (byte)(field >> 4), 1];
        var result = SecretTranslator.Translate(Append(good, [0x22, (byte)tag.Length, .. tag]));

        Assert.Null(result.Config);
        Assert.Contains(result.Errors, error => error.Field == $"validation_context.{field}");
    }

    [Fact]
    public void Translate_EmptyCa_IsNotTakenForTrustInEveryone()
    {
        Assert.False(SecretTranslator.Translate(SecretFromYaml("{name: trust, validationContext: {trustedCa: {inlineString: ''}}}")).Config!.IsUsable);

        var chain = Assert.IsType<TerminatedChainConfig>(Translate("validationContext: {trustedCa: {inlineBytes: ''}}").Config!.FilterChains[0].Action);
        Assert.False(PeerVerifier.TryCreate(chain.Tls!.Context.Validation!, ofClients: true, out _, out _));
    }

    [Theory]
    [InlineData("transportSocketConnectTimeout: 2s,", 2)]
    [InlineData("transportSocketConnectTimeout: 0s,", null)]
    [InlineData("", null)]
    public void Translate_TransportSocketConnectTimeout_IsTheHandshakes(string field, int? seconds)
    {
        var chain = Assert.IsType<TerminatedChainConfig>(Translate($"validationContext: {{trustedCa: {Ca}}}", field).Config!.FilterChains[0].Action);

        Assert.Equal(seconds is { } value ? TimeSpan.FromSeconds(value) : null, chain.HandshakeTimeout);
    }

    [Fact]
    public void Translate_NegativeTransportSocketConnectTimeout_MakesTheChainRefuse() =>
        Assert.IsType<QuarantinedConfig>(Translate($"validationContext: {{trustedCa: {Ca}}}", "transportSocketConnectTimeout: -1s,").Config!.FilterChains[0].Action);

    private static TranslationResult<ListenerConfig> Translate(string context, string chain = "") => ListenerTranslator.Translate(Listener($$"""
        {name: in, address: {{Socket("127.0.0.1:10001")}}, filterChains: [{ {{chain}} filterChainMatch: {serverNames: [a]}, filters: [{{TcpProxy("cluster: a")}}],
          transportSocket: {name: tls, typedConfig: {'@type': {{Type}}, requireClientCertificate: true, commonTlsContext: { {{Identity}}, {{context}} } } } }]}
        """));
}
