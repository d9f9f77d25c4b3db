package nodes

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/md5"  //nolint:gosec // checksums of other systems are asked for, not secrecy
	"crypto/sha1" //nolint:gosec // as above
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"io"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.hash", Title: "Hash", Group: "Data", Icon: "hash", PerItem: true, Class: engine.IO,
		Summary: "Works out a checksum or a signature (HMAC) of a value or a file.",
		Doc: `Text is hashed as its UTF-8 bytes, other values as their JSON with sorted keys. With a **file** its bytes are hashed.

With **HMAC** the value is signed. Keep the key in a credential of the type *Secret*; the field here is for keys that come with the data. MD5 and SHA-1 are there for other systems' checksums; do not protect anything with them.`,
		Keeps: func(_ map[string]any, path []any, text, _ string) *engine.Keep {
			if path[0] != "key" {
				return nil
			}
			return &engine.Keep{Type: "secret", Field: "secret", Secret: text}
		},
		Keywords:    []string{"checksum", "md5", "sha", "sha256", "hmac", "sign", "signature", "crypto", "digest"},
		Credentials: []string{"secret"},
		Examples: []engine.Example{
			{Name: "SHA-256", Params: params("value", "={{ $json.text }}"), Input: in(obj("text", "hello")),
				Output: out(obj("text", "hello", "hash", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"))},
			{Name: "Sign a body", Params: params("value", "body", "hmac", true, "key", "k", "encoding", "base64", "into", "signature"), Input: in(obj()),
				Output: out(obj("signature", "xtgR7zrrAkN81CPxq+EyCQQYZGML3E4sBN71x7ADGiM="))},
		},
	}, dataHash{Algorithm: "sha256", Encoding: "hex", Into: "hash"}, runDataHash)
}

type dataHash struct {
	Algorithm  string `json:"algorithm" form:"Algorithm" options:"sha256=SHA-256,sha512=SHA-512,sha1=SHA-1,md5=MD5"`
	Value      any    `json:"value" form:"Value" placeholder:"={{ $json.body }}"`
	File       string `json:"file" form:"Or file" help:"Name of a file of the item; it is hashed instead of the value."`
	HMAC       bool   `json:"hmac" form:"Sign with a key (HMAC)"`
	Credential string `json:"credential" form:"Secret" widget:"credential" show:"hmac=true"`
	Key        string `json:"key" form:"Or key" show:"hmac=true"`
	Encoding   string `json:"encoding" form:"Write as" options:"hex=Hexadecimal,base64=Base64,base64url=Base64 for addresses"`
	Into       string `json:"into" form:"Into"`
}

var hashes = map[string]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}

func runDataHash(ctx context.Context, d *Deps, p dataHash, c *engine.Call) (engine.Outputs, error) {
	make, ok := hashes[p.Algorithm]
	if !ok {
		return nil, bad("algorithm", "there is no algorithm %q", p.Algorithm)
	}
	h := make()
	if p.HMAC {
		key, err := p.secret(ctx, d, c)
		if err != nil {
			return nil, err
		}
		h = hmac.New(make, []byte(key))
	}
	it := c.Item()
	if p.File != "" {
		f, err := d.openFile(ctx, c, it, p.File)
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(h, f)
		if err := cmp.Or(err, f.Close()); err != nil {
			return nil, fmt.Errorf("the file %q cannot be read: %w", p.File, err)
		}
	} else {
		io.WriteString(h, text(p.Value)) //nolint:errcheck // a hash never fails
	}
	sum := h.Sum(nil)
	var s string
	switch p.Encoding {
	case "base64":
		s = base64.StdEncoding.EncodeToString(sum)
	case "base64url":
		s = base64.RawURLEncoding.EncodeToString(sum)
	default:
		s = hex.EncodeToString(sum)
	}
	m := own(it.JSON)
	withField(m, cmp.Or(p.Into, "hash"), s)
	return engine.One([]engine.Item{changedItem(it, m)}), nil
}

func (p dataHash) secret(ctx context.Context, d *Deps, c *engine.Call) (string, error) {
	if p.Credential == "" {
		if p.Key == "" {
			return "", bad("key", "signing needs a key: choose a credential of the type Secret")
		}
		return p.Key, nil
	}
	values, err := d.credential(ctx, c, p.Credential, "secret")
	if err != nil {
		return "", err
	}
	return values["secret"], nil
}
