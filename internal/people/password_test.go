package people

import (
	"bufio"
	"encoding/binary"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestGoodPasswords(t *testing.T) {
	p := &People{Own: []string{"Cedar Family Practice", "cedar", "ob"}}
	for _, fine := range []string{
		secret, "correct horse battery", "la niña compró tres peras", "лошадь батарея скоба", "qwerty is not how I begin",
		"cedarwood umbrella", "8!kT0v#pQz_29mXe", "bob's your uncle again",
	} {
		if err := p.good("sam", fine); err != nil {
			t.Errorf("%q: %v", fine, err)
		}
	}
	for bad, say := range map[string]string{
		"":                          "short",
		"fourteen chars":            "short",
		"ñandúes en fila":           "", // fifteen characters, more bytes
		"ñandúes en fil":            "short",
		strings.Repeat("ab c", 65):  "long",
		"aaaaaaaaaaaaaaaa":          "guessed",
		"samsamsamsamsam!":          "guessed",
		"Password2026!!!!":          "guessed",
		"contraseña123456":          "guessed",
		"qwertyuiop12345":           "guessed",
		"1234567890987654321":       "guessed",
		"passwordpassword":          "guessed",
		"MomsAnalAdventure":         "guessed", // on the list, whatever its capitals
		"30secondstomars":           "guessed",
		"asdfghjkl-lkjhgfdsa":       "guessed",
		"Cedar Family Practice 26":  "guessed",
		"2026-11-24 08:15 503-0142": "guessed",
	} {
		err := p.good("sam", bad)
		var refused *RefusedError
		if say == "" {
			if err != nil {
				t.Errorf("%q: %v", bad, err)
			}
			continue
		}
		if !errors.As(err, &refused) || !strings.Contains(refused.Why, say) || bad != "" && strings.Contains(refused.Why, bad) {
			t.Errorf("%q: %v, want %s", bad, err, say)
		}
	}
}

// A letter with its accent and one followed by it are the same password.
func TestAccentsAreTheSameHoweverTheyAreTyped(t *testing.T) {
	phc := hash("cuatro a\u00f1os de lluvia")
	if !verify(phc, "cuatro an\u0303os de lluvia") || verify(phc, "cuatro anos de lluvia") {
		t.Error("an accent is not what it was")
	}
}

func TestGeneratedPasswordsAreGood(t *testing.T) {
	p := &People{}
	for range 200 {
		if made := NewPassword(); p.good("sam", made) != nil {
			t.Errorf("%q is made, and refused", made)
		}
	}
}

// The list is as its comment says. With the file that it is made from,
// TRIAGE_PASSWORDS=…/10_million_password_list_top_1M.txt makes it anew.
func TestCommonPasswords(t *testing.T) {
	if len(common) != 4*9728 {
		t.Fatalf("%d bytes", len(common))
	}
	var all []uint32
	for i := 0; i < len(common); i += 4 {
		all = append(all, binary.BigEndian.Uint32(common[i:]))
	}
	if !slices.IsSorted(all) {
		t.Error("not sorted")
	}
	for _, edge := range []uint32{all[0], all[len(all)-1]} {
		if i, _ := slices.BinarySearch(all, edge); all[i] != edge {
			t.Error("an end is not found")
		}
	}
	source := os.Getenv("TRIAGE_PASSWORDS")
	if source == "" {
		return
	}
	made := commonOf(t, source)
	if !slices.Equal(all, made) {
		var out []byte
		for _, h := range made {
			out = binary.BigEndian.AppendUint32(out, h)
		}
		if err := os.WriteFile("common.bin", out, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Errorf("common.bin is made anew, with %d", len(made))
	}
}

// commonOf makes the list from one password a line.
func commonOf(t *testing.T, path string) (out []uint32) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if lower := strings.ToLower(strings.TrimRight(lines.Text(), "\r")); len([]rune(lower)) >= minPassword {
			out = append(out, commonHash(lower))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
