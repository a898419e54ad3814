package roster

import (
	"errors"
	"strings"
	"time"
)

// longestAfter is how late a line may be tried, and longestWait how long a step may wait.
const (
	longestAfter = 24 * time.Hour
	longestWait  = 24 * time.Hour
)

// ParseLine reads a way to reach somebody: a channel's name, an address on it unless it
// needs none, and how long after the first call it is tried, such as "sms +15035550100
// after 5m". Errors repeat nothing of it, for the address is personal.
func ParseLine(text string) (Line, error) {
	words := strings.Fields(text)
	l := Line{}
	if n := len(words); n >= 2 && words[n-2] == "after" {
		d, err := time.ParseDuration(words[n-1])
		if err != nil || d < time.Second || d > longestAfter {
			return Line{}, errors.New(`the time after "after" must be one from 1 second to 24 hours: write it such as "after 5m"`)
		}
		l.After, words = d, words[:n-2]
	}
	if len(words) == 0 || len(words) > 2 || words[0] == "after" || words[len(words)-1] == "after" {
		return Line{}, errors.New(`a line must be a channel's name and, where it needs one, an address without spaces: write it such as "sms +15035550100" or "sms +15035550100 after 5m"`)
	}
	l.Channel = words[0]
	if len(words) == 2 {
		l.To = words[1]
	}
	return l, nil
}

// String is the line as ParseLine reads it: personal, never for a log.
func (l Line) String() string {
	s := l.Channel
	if l.To != "" {
		s += " " + l.To
	}
	if l.After > 0 {
		s += " after " + shortDuration(l.After)
	}
	return s
}

// shortDuration leaves out the units that are 0, such as "5m" for 5 minutes.
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

var errStep = errors.New(`a step must say whom it calls: write it such as "rotation primary", "rotation primary, person dana" or "everybody"`)

// ParseStep reads whom a step calls, such as "rotation primary, person dana" or
// "everybody". Its Wait is given apart.
func ParseStep(text string) (s Step, err error) {
	for _, part := range strings.Split(text, ",") {
		words := strings.Fields(part)
		if len(words) == 0 {
			return Step{}, errStep
		}
		kind, name := strings.ToLower(words[0]), strings.Join(words[1:], " ")
		switch {
		case kind == "rotation" && name != "":
			s.Rotations = append(s.Rotations, name)
		case kind == "person" && name != "":
			s.People = append(s.People, name)
		case kind == "everybody" && name == "":
			s.Everybody = true
		default:
			return Step{}, errStep
		}
	}
	return s, nil
}

// String is whom the step calls, as ParseStep reads it.
func (s Step) String() string {
	var parts []string
	for _, name := range s.Rotations {
		parts = append(parts, "rotation "+name)
	}
	for _, name := range s.People {
		parts = append(parts, "person "+name)
	}
	if s.Everybody {
		parts = append(parts, "everybody")
	}
	return strings.Join(parts, ", ")
}
