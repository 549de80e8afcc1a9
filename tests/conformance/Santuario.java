// Signs and verifies with Apache Santuario, an implementation that is not ours.
//
//   verify FILE...                      prints "FILE references=N" for each, exit code 1 when one is not valid
//   sign KEY CERTIFICATE TIME IN OUT    signs IN as our profile says; KEY is PKCS #8 (DER), CERTIFICATE is DER
//
// Run with: java -cp xmlsec.jar:commons-codec.jar:slf4j-api.jar Santuario.java ...

import java.io.ByteArrayInputStream;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.xml.security.Init;
import org.apache.xml.security.algorithms.MessageDigestAlgorithm;
import org.apache.xml.security.signature.ObjectContainer;
import org.apache.xml.security.signature.XMLSignature;
import org.apache.xml.security.transforms.Transforms;
import org.apache.xml.security.utils.XMLUtils;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

public class Santuario {
    static final String DS = "http://www.w3.org/2000/09/xmldsig#";
    static final String XADES = "http://uri.etsi.org/01903/v1.3.2#";
    static final String TYPE = "http://uri.etsi.org/01903#SignedProperties";
    static final String SHA256 = MessageDigestAlgorithm.ALGO_ID_DIGEST_SHA256;

    public static void main(String[] args) throws Exception {
        Init.init();
        if (args[0].equals("sign")) {
            sign(args[1], args[2], args[3], args[4], args[5]);
            return;
        }
        boolean good = true;
        for (int i = 1; i < args.length; i++) {
            good &= verify(args[i]);
        }
        System.exit(good ? 0 : 1);
    }

    static Document read(String file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(Files.readAllBytes(Path.of(file))));
    }

    static boolean verify(String file) throws Exception {
        Document document = read(file);
        Element element = (Element) document.getElementsByTagNameNS(DS, "Signature").item(0);
        Element properties = (Element) document.getElementsByTagNameNS(XADES, "SignedProperties").item(0);
        properties.setIdAttributeNS(null, "Id", true);
        XMLSignature signature = new XMLSignature(element, "", true);
        X509Certificate certificate = signature.getKeyInfo().getX509Certificate();
        boolean good = signature.checkSignatureValue(certificate);
        System.out.println(file + (good ? " references=" + signature.getSignedInfo().getLength() : " INVALID"));
        return good;
    }

    static Element add(Element parent, String space, String name, String text) {
        String prefix = space.equals(DS) ? "ds:" : "xades:";
        Element element = parent.getOwnerDocument().createElementNS(space, prefix + name);
        parent.appendChild(element);
        if (text != null) {
            element.setTextContent(text);
        }
        return element;
    }

    static void sign(String keyFile, String certificateFile, String time, String in, String out) throws Exception {
        byte[] der = Files.readAllBytes(Path.of(certificateFile));
        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(der));
        String kind = certificate.getPublicKey().getAlgorithm();
        PrivateKey key = KeyFactory.getInstance(kind)
            .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(keyFile))));
        Document document = read(in);
        String method = kind.equals("RSA")
            ? XMLSignature.ALGO_ID_SIGNATURE_RSA_SHA256
            : XMLSignature.ALGO_ID_SIGNATURE_ECDSA_SHA256;
        XMLSignature signature = new XMLSignature(document, "", method, Transforms.TRANSFORM_C14N_EXCL_OMIT_COMMENTS);
        document.getDocumentElement().appendChild(signature.getElement());
        signature.setId("s1");
        Element properties = addProperties(document, signature, time, der);
        Transforms enveloped = new Transforms(document);
        enveloped.addTransform(Transforms.TRANSFORM_ENVELOPED_SIGNATURE);
        enveloped.addTransform(Transforms.TRANSFORM_C14N_EXCL_OMIT_COMMENTS);
        signature.addDocument("", enveloped, SHA256);
        Transforms exclusive = new Transforms(document);
        exclusive.addTransform(Transforms.TRANSFORM_C14N_EXCL_OMIT_COMMENTS);
        signature.addDocument("#" + properties.getAttribute("Id"), exclusive, SHA256, null, TYPE);
        signature.addKeyInfo(certificate);
        signature.sign(key);
        try (FileOutputStream stream = new FileOutputStream(out)) {
            XMLUtils.outputDOM(document, stream);
        }
    }

    static Element addProperties(Document document, XMLSignature signature, String time, byte[] der) throws Exception {
        ObjectContainer container = new ObjectContainer(document);
        Element qualifying = document.createElementNS(XADES, "xades:QualifyingProperties");
        qualifying.setAttributeNS("http://www.w3.org/2000/xmlns/", "xmlns:xades", XADES);
        qualifying.setAttribute("Target", "#s1");
        container.appendChild(qualifying);
        signature.appendObject(container);
        Element properties = add(qualifying, XADES, "SignedProperties", null);
        properties.setAttribute("Id", "s1-properties");
        properties.setIdAttributeNS(null, "Id", true);
        Element own = add(properties, XADES, "SignedSignatureProperties", null);
        add(own, XADES, "SigningTime", time);
        Element digest = add(add(add(own, XADES, "SigningCertificateV2", null), XADES, "Cert", null), XADES, "CertDigest", null);
        add(digest, DS, "DigestMethod", null).setAttribute("Algorithm", SHA256);
        byte[] value = MessageDigest.getInstance("SHA-256").digest(der);
        add(digest, DS, "DigestValue", Base64.getEncoder().encodeToString(value));
        return properties;
    }
}
