// Go-crypto as a command, for the tests: gocrypto COMMAND ARGUMENT...
// It is the OpenPGP library of WAL-G, used as WAL-G does; the commands are those of peers.bash.
package main

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "gocrypto:", err)
		os.Exit(1)
	}
}

func run(command string, arguments []string) error {
	compress := false
	for len(arguments) > 0 && strings.HasPrefix(arguments[0], "-") {
		compress = arguments[0] == "--compress"
		arguments = arguments[1:]
	}
	config := &packet.Config{}
	if compress {
		config.DefaultCompressionAlgo = packet.CompressionZLIB
	}
	passphrase := ""
	if len(arguments) > 1 {
		passphrase = arguments[len(arguments)-1]
	}
	switch command {
	case "make-key":
		if len(arguments) < 3 {
			passphrase = ""
		}
		return makeKey(arguments[0], arguments[1], passphrase)
	case "encrypt":
		return encrypt(arguments, config)
	case "decrypt":
		return decrypt(arguments[0], passphrase)
	case "lock":
		return lock(arguments[0], config)
	case "unlock":
		return unlock(arguments[0])
	}
	return errors.New("no such command: " + command)
}

var curves = map[string]packet.Curve{
	"cv25519":         packet.Curve25519,
	"nistp256":        packet.CurveNistP256,
	"nistp384":        packet.CurveNistP384,
	"nistp521":        packet.CurveNistP521,
	"brainpoolP256r1": packet.CurveBrainpoolP256,
	"brainpoolP384r1": packet.CurveBrainpoolP384,
	"brainpoolP512r1": packet.CurveBrainpoolP512,
}

func makeKey(kind, file, passphrase string) error {
	config := &packet.Config{
		Algorithm:   packet.PubKeyAlgoECDSA,
		Curve:       curves[kind],
		DefaultHash: crypto.SHA512, // gpg wants one as wide as the curve
	}
	if kind == "cv25519" {
		config.Algorithm = packet.PubKeyAlgoEdDSA
	} else if strings.HasPrefix(kind, "rsa") {
		bits, err := strconv.Atoi(kind[3:])
		if err != nil {
			return err
		}
		config.Algorithm, config.RSABits = packet.PubKeyAlgoRSA, bits
	}
	entity, err := openpgp.NewEntity(filepath.Base(file), "", "", config)
	if err != nil {
		return err
	}
	if passphrase != "" {
		if err := entity.PrivateKey.Encrypt([]byte(passphrase)); err != nil {
			return err
		}
		for _, subkey := range entity.Subkeys {
			if err := subkey.PrivateKey.Encrypt([]byte(passphrase)); err != nil {
				return err
			}
		}
	}
	err = writeArmored(file, openpgp.PrivateKeyType, func(out io.Writer) error {
		return entity.SerializePrivateWithoutSigning(out, config)
	})
	if err != nil {
		return err
	}
	return writeArmored(file+".pub", openpgp.PublicKeyType, entity.Serialize)
}

func writeArmored(file, kind string, write func(io.Writer) error) error {
	var text bytes.Buffer
	out, err := armor.Encode(&text, kind, nil)
	if err != nil {
		return err
	}
	if err := write(out); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.WriteFile(file, text.Bytes(), 0o600)
}

func readKeys(file string) (openpgp.EntityList, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return openpgp.ReadArmoredKeyRing(in)
}

func encrypt(files []string, config *packet.Config) error {
	var recipients openpgp.EntityList
	for _, file := range files {
		keys, err := readKeys(file)
		if err != nil {
			return err
		}
		recipients = append(recipients, keys...)
	}
	out, err := openpgp.Encrypt(os.Stdout, recipients, nil, nil, config)
	return copyAndClose(out, err)
}

func lock(passphrase string, config *packet.Config) error {
	out, err := openpgp.SymmetricallyEncrypt(os.Stdout, []byte(passphrase), nil, config)
	return copyAndClose(out, err)
}

func copyAndClose(out io.WriteCloser, err error) error {
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, os.Stdin); err != nil {
		return err
	}
	return out.Close()
}

func decrypt(file, passphrase string) error {
	keys, err := readKeys(file)
	if err != nil {
		return err
	}
	if passphrase != "" {
		for _, key := range keys.DecryptionKeys() {
			if err := key.PrivateKey.Decrypt([]byte(passphrase)); err != nil {
				return err
			}
		}
	}
	return read(keys, nil)
}

func unlock(passphrase string) error {
	asked := false
	return read(nil, func([]openpgp.Key, bool) ([]byte, error) {
		if asked {
			return nil, errors.New("wrong passphrase")
		}
		asked = true
		return []byte(passphrase), nil
	})
}

func read(keys openpgp.EntityList, prompt openpgp.PromptFunction) error {
	message, err := openpgp.ReadMessage(os.Stdin, keys, prompt, nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, message.UnverifiedBody)
	return err
}
