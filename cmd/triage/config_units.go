package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// unitError is a value that lacks its unit, or is none.
type unitError struct{ value, want string }

func (e *unitError) Error() string { return fmt.Sprintf("%q is no %s", e.value, e.want) }

// duration is a time.Duration written with its unit, such as "30s", "5m" or "30d".
type duration struct{ time.Duration }

const day = 24 * time.Hour

func parseDuration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * day, err
	}
	return time.ParseDuration(s)
}

// text is how the duration is written.
func (d duration) text() string {
	if d.Duration >= day && d.Duration%day == 0 {
		return fmt.Sprintf("%dd", d.Duration/day)
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *duration) UnmarshalText(b []byte) error {
	v, err := parseDuration(string(b))
	if err != nil || v < 0 {
		return &unitError{string(b), `duration: write a number with its unit, such as "30s", "5m" or "24h"`}
	}
	d.Duration = v
	return nil
}

// size is a number of bytes written with its unit, such as "2GiB".
type size struct{ bytes int64 }

var sizeUnits = []struct {
	name  string
	bytes int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *size) UnmarshalText(b []byte) error {
	text := strings.TrimSpace(string(b))
	for _, u := range sizeUnits {
		number, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 32); err == nil && n > 0 {
			s.bytes = n * u.bytes
			return nil
		}
	}
	return &unitError{text, `size: write a number with its unit, such as "500MiB" or "2GiB"`}
}
