package nudge

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Practice is what the script says of the practice, and shows to everybody.
type Practice struct {
	// Private is the address of the private form: https, or a path on the
	// same site such as "/contact/". Either it or Phone is needed.
	Private string `json:"private"`
	// Phone is the number to call instead.
	Phone string `json:"phone"`
	// Name is the practice's public name; it may be left out.
	Name string `json:"name"`
}

// Validate says what is wrong with it and what to write.
func (p *Practice) Validate() error {
	if p.Private == "" && p.Phone == "" {
		return errors.New("neither a private form nor a telephone number is given: the script has to say where to go instead")
	}
	u, err := url.Parse(p.Private)
	switch {
	case p.Private == "":
	case err != nil, u.User != nil, len(p.Private) > 500, strings.ContainsAny(p.Private, " \\\"<>"),
		u.Scheme != "https" && (u.Scheme != "" || u.Host != "" || !strings.HasPrefix(u.Path, "/")),
		u.Scheme == "https" && u.Host == "":
		return fmt.Errorf("the private form is %q: write an https address such as https://cedar.example/private, or a path on the same site such as /private/", p.Private)
	}
	if n := len(digits(p.Phone)); p.Phone != "" && (n < 3 || n > 15 || strings.Trim(p.Phone, "0123456789 +-./()") != "") {
		return fmt.Errorf("the telephone number is %q: write digits, spaces and + - . / ( ) only", p.Phone)
	}
	if utf8.RuneCountInString(p.Name) > 100 || strings.ContainsFunc(p.Name, unicode.IsControl) {
		return fmt.Errorf("the practice's name is %q: write one line of up to 100 characters", p.Name)
	}
	return nil
}

// digits are those of a text.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
