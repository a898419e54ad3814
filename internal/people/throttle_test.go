package people

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestGuessingIsSlowedAndLocksNobodyOut(t *testing.T) {
	p, _, c := newPeople(t)
	const here, there = "192.0.2.1:1000", "192.0.2.2:1000"
	for i := range nameBurst {
		if _, err := p.Login(t.Context(), "priya", "wrong-wrong-wrong", here); !errors.Is(err, ErrDenied) {
			t.Fatalf("attempt %d: %v", i, err)
		}
	}
	if _, err := p.Login(t.Context(), "priya", secret, here); !errors.Is(err, ErrSlow) {
		t.Errorf("after %d failures: %v, want ErrSlow", nameBurst, err)
	}
	if _, err := p.Login(t.Context(), "priya", secret, there); err != nil {
		t.Errorf("the owner elsewhere: %v", err)
	}
	c.at = c.at.Add(nameEvery)
	if _, err := p.Login(t.Context(), "priya", secret, "192.0.2.1:2000"); err != nil {
		t.Errorf("after a while: %v", err)
	}
	if _, err := p.Login(t.Context(), "priya", secret, here); err != nil {
		t.Errorf("getting in did not give the attempts back: %v", err)
	}
}

func TestThrottleCountsAPlaceOverAllNamesAndForgets(t *testing.T) {
	var tr throttle
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for i := range placeBurst {
		if !tr.take(now, fmt.Sprint("user", i), "2001:db8::1") {
			t.Fatalf("attempt %d refused", i)
		}
	}
	if tr.take(now, "another", "[2001:db8::2]:80") {
		t.Error("the same network may go on")
	}
	if !tr.take(now, "another", "2001:db8:0:1::1") {
		t.Error("another network is refused")
	}
	for i := range mostKept {
		tr.take(now, "name", fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255))
	}
	if len(tr.kept) > mostKept+2 {
		t.Errorf("%d limiters kept", len(tr.kept))
	}
	tr.forget(now.Add(time.Hour))
	if len(tr.kept) != 0 {
		t.Errorf("%d limiters kept after an hour", len(tr.kept))
	}
}

// Whatever is sent counts: also what can be nobody's name or password.
func TestEveryAttemptCounts(t *testing.T) {
	p, _, _ := newPeople(t)
	long := strings.Repeat("x", 1<<10)
	for i, tt := range []struct{ name, password string }{
		{"priya", long}, {long, secret}, {"no such/name", secret}, {"", ""},
	} {
		remote := fmt.Sprintf("192.0.2.%d:99", i)
		var err error
		for range nameBurst {
			if _, err = p.Login(t.Context(), tt.name, tt.password, remote); !errors.Is(err, ErrDenied) {
				t.Errorf("%d: %v, want ErrDenied", i, err)
			}
		}
		if _, err = p.Login(t.Context(), tt.name, tt.password, remote); !errors.Is(err, ErrSlow) {
			t.Errorf("%d: %v, want ErrSlow", i, err)
		}
	}
	for key := range p.tries.kept {
		if len(key) > 100 {
			t.Errorf("%d bytes are kept of an attempt", len(key))
		}
	}
}
