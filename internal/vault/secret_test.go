package vault

import (
	"bytes"
	"errors"
	"testing"
)

func TestSecretsOpenWithTheirNameAndKeyOnly(t *testing.T) {
	old, now := Key{1}, Key{2}
	sealed := Ring{old}.Seal("x/main", []byte("canary"))
	if bytes.Contains(sealed, []byte("canary")) {
		t.Error("it can be read")
	}
	if got, err := (Ring{now, old}).Unseal("x/main", sealed); err != nil || string(got) != "canary" {
		t.Errorf("under an older key of the ring: %q, %v", got, err)
	}
	for name, c := range map[string]struct {
		ring   Ring
		name   string
		sealed []byte
	}{
		"another key":  {Ring{now}, "x/main", sealed},
		"another name": {Ring{old}, "x/other", sealed},
		"cut":          {Ring{old}, "x/main", sealed[:len(sealed)-1]},
		"altered":      {Ring{old}, "x/main", append(bytes.Clone(sealed[:len(sealed)-1]), sealed[len(sealed)-1]^1)},
		"nothing":      {Ring{old}, "x/main", nil},
		"a text's key": {Ring{old}, "x/main", Ring{old}.wrap(Key{3}, "x/main")},
	} {
		if got, err := c.ring.Unseal(c.name, c.sealed); !errors.Is(err, ErrSealed) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := (Ring{old}).unwrap("x/main", Ring{old}.Seal("x/main", make([]byte, len(old)))); !errors.Is(err, ErrSealed) {
		t.Errorf("a secret passes for a text's key: %v", err)
	}
}
