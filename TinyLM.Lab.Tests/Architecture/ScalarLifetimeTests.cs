using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Tests.Architecture;

/// <summary>No scalar that TorchSharp makes on the way and the collector may free while native code reads it.</summary>
public sealed class ScalarLifetimeTests
{
    [Fact]
    public void Model_Calls_NoOperatorThatForgetsItsScalar()
    {
        using var file = new PEReader(File.OpenRead(typeof(ModelConfig).Assembly.Location));
        var metadata = file.GetMetadataReader();

        var called = metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => (Type: NameOf(metadata, member.Parent), Name: metadata.GetString(member.Name), Only: OnlyParameter(metadata, member)))
            .ToList();

        Assert.Contains(called, member => member is { Type: "Tensor", Name: "add" });
        Assert.DoesNotContain(called, member => member is { Type: "Scalar", Name: "op_Implicit" }
            or { Type: "Tensor", Name: "op_Addition" or "op_Subtraction" or "op_Multiply" or "op_Division" or "op_Modulus" }
            or { Type: "Tensor", Name: "add" or "add_" or "sub" or "sub_", Only: "Tensor" });
    }

    private static string NameOf(MetadataReader metadata, EntityHandle type) =>
        type.Kind == HandleKind.TypeReference ? metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)type).Name) : "";

    /// <summary>The class of a method's only parameter, where the method has one and returns a class too.</summary>
    private static string? OnlyParameter(MetadataReader metadata, MemberReference member)
    {
        var signature = metadata.GetBlobReader(member.Signature);
        if (signature.ReadSignatureHeader() is not { Kind: SignatureKind.Method, IsGeneric: false } || signature.ReadCompressedInteger() != 1) return null;
        return ReadClass() is null ? null : ReadClass();

        string? ReadClass() => signature.ReadSignatureTypeCode() == SignatureTypeCode.TypeHandle ? NameOf(metadata, signature.ReadTypeHandle()) : null;
    }
}
