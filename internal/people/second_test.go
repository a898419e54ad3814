package people

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// codeOf is what the app of an address shows at a time.
func codeOf(t *testing.T, address string, at time.Time) string {
	t.Helper()
	k, err := otp.NewKeyFromURL(address)
	if err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(k.Secret(), at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// withApp gives priya an app and returns its address and her recovery codes. The
// clock is a minute further, so that the next code is another one.
func withApp(t *testing.T, p *People, c *clock) (address string, codes []string) {
	t.Helper()
	address, err := NewTOTP("Cedar: the practice", "priya")
	if err != nil {
		t.Fatal(err)
	}
	u, codes, err := p.SetTOTP(t.Context(), "priya", NewApp{address, codeOf(t, address, c.at), "192.0.2.1:1"})
	if err != nil || !u.Second() || len(codes) != recoveryCodes {
		t.Fatalf("set up: %d codes, %v", len(codes), err)
	}
	c.at = c.at.Add(time.Minute)
	return address, codes
}

func TestACodeIsGoodOnceAndForThirtySeconds(t *testing.T) {
	p, s, c := newPeople(t)
	address, _ := withApp(t, p, c)
	confirm := func(code string) error {
		_, by, err := p.Confirm(t.Context(), "priya", code, "192.0.2.1:1")
		if err == nil && by != ByApp {
			t.Errorf("by %s", by)
		}
		return err
	}
	now := codeOf(t, address, c.at)
	if err := confirm(now[:3] + " " + now[3:]); err != nil { // as apps show it
		t.Errorf("now: %v", err)
	}
	if err := confirm(now); !errors.Is(err, ErrCode) {
		t.Errorf("again: %v", err)
	}
	if err := confirm(codeOf(t, address, c.at.Add(-30*time.Second))); !errors.Is(err, ErrCode) {
		t.Errorf("one before one that was used: %v", err)
	}
	if err := confirm(codeOf(t, address, c.at.Add(30*time.Second))); err != nil {
		t.Errorf("a clock that goes before: %v", err)
	}
	c.at = c.at.Add(5 * time.Minute)
	if err := confirm(codeOf(t, address, c.at.Add(-30*time.Second))); err != nil {
		t.Errorf("a clock that goes after: %v", err)
	}
	for _, off := range []time.Duration{-time.Minute, time.Minute, time.Hour} {
		if err := confirm(codeOf(t, address, c.at.Add(off))); !errors.Is(err, ErrCode) {
			t.Errorf("%s off: %v", off, err)
		}
	}
	if u := s.users["priya"]; u.TOTP.Wrong != 3 || !u.TOTP.Used.Equal(c.at) {
		t.Errorf("%d wrong codes are counted, used at %s", u.TOTP.Wrong, u.TOTP.Used)
	}
}

// Several processes share the store and nothing else: of those who use one code at
// once one gets in.
func TestACodeIsGoodOnceOverAllProcesses(t *testing.T) {
	p, s, c := newPeople(t)
	address, codes := withApp(t, p, c)
	for what, code := range map[string]string{"an app's code": codeOf(t, address, c.at), "a recovery code": codes[0]} {
		var all sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for i := range 6 {
			other := &People{Store: s, Now: c.now}
			all.Go(func() {
				_, _, err := other.Confirm(t.Context(), "priya", code, fmt.Sprintf("192.0.2.%d:1", i))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if !errors.Is(err, ErrCode) && !errors.Is(err, ErrSlow) && !errors.Is(err, ErrConflict) {
					t.Errorf("%s: %v", what, err)
				}
			})
		}
		all.Wait()
		if won != 1 {
			t.Errorf("%s was used by %d", what, won)
		}
	}
}

// Who knows the password and guesses codes is slowed down wherever she is; a recovery
// code and a new password still let the owner in.
func TestGuessedCodesRest(t *testing.T) {
	p, s, c := newPeople(t)
	address, codes := withApp(t, p, c)
	began, taken := c.at, 0
	for c.at.Before(began.Add(24 * time.Hour)) {
		remote := fmt.Sprintf("10.0.%d.%d:1", taken/250, taken%250)
		wrong := "000000"
		if wrong == codeOf(t, address, c.at) {
			wrong = "000001"
		}
		before := s.users["priya"].TOTP.Wrong
		_, _, err := p.Confirm(t.Context(), "priya", wrong, remote)
		if !errors.Is(err, ErrCode) && !errors.Is(err, ErrSlow) {
			t.Fatal(err)
		}
		taken += s.users["priya"].TOTP.Wrong - before
		c.at = c.at.Add(30 * time.Second)
	}
	t.Logf("%d guesses are taken in a day", taken)
	if taken > 36 {
		t.Errorf("%d guesses are taken in a day", taken)
	}
	if _, _, err := p.Confirm(t.Context(), "priya", codeOf(t, address, c.at), "192.0.2.1:1"); !errors.Is(err, ErrSlow) {
		t.Errorf("a right code meanwhile: %v", err)
	}
	if _, by, err := p.Confirm(t.Context(), "priya", codes[3], "192.0.2.1:1"); err != nil || by != ByRecovery {
		t.Errorf("a recovery code meanwhile: by %s, %v", by, err)
	}
	if err := p.SetPassword(t.Context(), "priya", chosen); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Confirm(t.Context(), "priya", codeOf(t, address, c.at), "192.0.2.1:1"); err != nil {
		t.Errorf("after a new password: %v", err)
	}
}

func TestRecoveryCodes(t *testing.T) {
	p, s, c := newPeople(t)
	_, codes := withApp(t, p, c)
	seen := map[string]bool{}
	for _, code := range codes {
		seen[code] = true
		if len(code) != 14 || strings.Contains(fmt.Sprintf("%s", s.users["priya"].Recovery.Left), plainCode(code)) {
			t.Errorf("a code of %d characters, or it is kept", len(code))
		}
	}
	if len(seen) != recoveryCodes {
		t.Errorf("%d different codes", len(seen))
	}
	use := func(code string) error {
		_, _, err := p.Confirm(t.Context(), "priya", code, "192.0.2.1:1")
		return err
	}
	if err := use(strings.ToUpper(strings.ReplaceAll(codes[4], "-", " "))); err != nil {
		t.Errorf("as people type it: %v", err)
	}
	if err := use(codes[4]); !errors.Is(err, ErrCode) || len(s.users["priya"].Recovery.Left) != 9 {
		t.Errorf("again: %v, %d are left", err, len(s.users["priya"].Recovery.Left))
	}
	again, err := p.NewRecovery(t.Context(), "priya")
	if err != nil || use(codes[5]) == nil || use(again[5]) != nil {
		t.Errorf("new ones take the place of the old: %v", err)
	}
	for _, bad := range []string{"", "-", "12345", "1234567", "абвгде"} {
		if err := use(bad); !errors.Is(err, ErrCode) {
			t.Errorf("%q: %v", bad, err)
		}
		c.at = c.at.Add(time.Minute)
	}
	if _, _, err := p.Confirm(t.Context(), "nobody", "123456", "192.0.2.7:1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("of nobody: %v", err)
	}
}

func TestWhoMustSetUpASecondFactor(t *testing.T) {
	for _, tt := range []struct {
		required bool
		u        User
		want     bool
	}{
		{true, User{Role: Viewer}, false}, {true, User{Role: Reviewer}, true}, {true, User{Role: Admin}, true},
		{false, User{Role: Admin}, false}, {true, User{Role: Admin, TOTP: TOTP{Secret: "x"}}, false},
		{true, User{Role: Officer, Passkeys: make([]Passkey, 1)}, false},
	} {
		if got := (&People{Required: tt.required}).SetUp(tt.u); got != tt.want {
			t.Errorf("required %v, %s: %v", tt.required, tt.u.Role, got)
		}
	}
}

func TestTheLastSecondFactorStaysWhereItIsNeeded(t *testing.T) {
	p, s, c := newPeople(t)
	withApp(t, p, c)
	p.Required = true
	if err := p.RemoveTOTP(t.Context(), "priya"); !errors.Is(err, ErrLast) || !s.users["priya"].Second() {
		t.Errorf("%v", err)
	}
	p.Required = false
	if err := p.RemoveTOTP(t.Context(), "priya"); err != nil || s.users["priya"].Second() || len(s.users["priya"].Recovery.Left) > 0 {
		t.Errorf("%v; recovery codes: %d", err, len(s.users["priya"].Recovery.Left))
	}
}

func TestAnAdminGivesAndTakesSecondFactors(t *testing.T) {
	p, s, c := newPeople(t)
	_, old := withApp(t, p, c)
	before := s.users["priya"].Mark()
	address, codes, err := p.GiveTOTP(t.Context(), "Cedar", " Priya")
	if err != nil || len(codes) != recoveryCodes || s.users["priya"].Mark() == before {
		t.Fatalf("%d codes, %v", len(codes), err)
	}
	for code, want := range map[string]error{codeOf(t, address, c.at): nil, codes[0]: nil, old[0]: ErrCode} {
		if _, _, err := p.Confirm(t.Context(), "priya", code, "192.0.2.1:1"); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if err := p.Reset(t.Context(), "priya"); err != nil || s.users["priya"].Second() || s.users["priya"].Hash == "" {
		t.Errorf("reset: %v", err)
	}
	for _, err := range []error{p.Reset(t.Context(), "nobody"), p.RemoveTOTP(t.Context(), "nobody")} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("of nobody: %v", err)
		}
	}
}

func TestAnAppIsNotTakenUnproven(t *testing.T) {
	p, s, c := newPeople(t)
	address, _ := NewTOTP("Cedar", "priya")
	other, _ := NewTOTP("Cedar", "priya")
	for _, code := range []string{"", "abcdef", codeOf(t, other, c.at), codeOf(t, address, c.at.Add(-time.Hour))} {
		if _, _, err := p.SetTOTP(t.Context(), "priya", NewApp{address, code, "192.0.2.1:1"}); !errors.Is(err, ErrCode) || s.users["priya"].Second() {
			t.Errorf("%q: %v", code, err)
		}
	}
	if _, _, err := p.SetTOTP(t.Context(), "priya", NewApp{"https://x", "123456", "192.0.2.2:1"}); err == nil {
		t.Error("an address that is none")
	}
	secretOf, err := SecretOf(address)
	if err != nil || len(strings.Fields(secretOf)) != 8 || strings.Contains(address, secretOf) {
		t.Errorf("%v, %v", len(strings.Fields(secretOf)), err)
	}
	picture, err := QR(address)
	if err != nil {
		t.Fatal(err)
	}
	if img, err := png.Decode(bytes.NewReader(picture)); err != nil || img.Bounds().Dx() != qrSize {
		t.Errorf("picture: %v", err)
	}
	for _, bad := range []string{"", "x", "otpauth://%zz"} {
		_, first := SecretOf(bad)
		if _, second := QR(bad); first == nil || second == nil || strings.Contains(first.Error(), "zz") {
			t.Errorf("%q: %v, %v", bad, first, second)
		}
	}
}

func TestChangingOnesPasswordNeedsTheOldOne(t *testing.T) {
	p, s, _ := newPeople(t)
	before := s.users["priya"].Mark()
	if _, err := p.ChangePassword(t.Context(), "priya", Passwords{"not-what-it-was-at-all", chosen, "192.0.2.1:1"}); !errors.Is(err, ErrDenied) {
		t.Errorf("without the old one: %v", err)
	}
	var refused *RefusedError
	if _, err := p.ChangePassword(t.Context(), "priya", Passwords{secret, "short", "192.0.2.1:1"}); !errors.As(err, &refused) || s.users["priya"].Mark() != before {
		t.Errorf("a short one: %v", err)
	}
	u, err := p.ChangePassword(t.Context(), "priya", Passwords{secret, chosen, "192.0.2.1:1"})
	if err != nil || u.Mark() == before || u.Mark() != s.users["priya"].Mark() {
		t.Errorf("changed: %v", err)
	}
}
