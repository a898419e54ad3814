package main

import (
	"fmt"
	"strconv"
	"time"
)

// The checks of the values that may also be changed while the service runs: each
// returns what to write instead.

func checkMode(s string) error {
	if s != shadowMode && s != reviewMode {
		return fmt.Errorf("%q is no mode: write \"shadow\" (nothing goes out) or \"review\" (what a person approved goes out)", s)
	}
	return nil
}

func checkCap(n int) error {
	if n < 1 || n > 1000 {
		return fmt.Errorf("%d is out of range: write 1 to 1000 actions an account and day", n)
	}
	return nil
}

func checkUndo(d time.Duration) error {
	if d > day {
		return fmt.Errorf("%v is too long: at most 24h", d)
	}
	return nil
}

func checkReadBack(d time.Duration) error {
	if d < time.Second || d > time.Hour {
		return fmt.Errorf("%v is out of range: 1s to 1h; the shorter, the more often a person is asked", d)
	}
	return nil
}

func checkKept(d time.Duration) error {
	if d < time.Hour || d > 3653*day {
		return fmt.Errorf("%v is out of range: 1h to 3653d, such as \"7d\"", d)
	}
	return nil
}

// parsed is a setting's way from text to a checked value.
func parsed[T any](read func(string) (T, error), check func(T) error) func(string) (any, error) {
	return func(s string) (any, error) {
		v, err := read(s)
		if err == nil {
			err = check(v)
		}
		return v, err
	}
}

func asText(s string) (string, error) { return s, nil }

func asNumber(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", s)
	}
	return n, nil
}

func asDuration(s string) (time.Duration, error) {
	var d duration
	err := d.UnmarshalText([]byte(s))
	return d.Duration, err
}
