package nudge

import (
	"net/url"
	"regexp"
	"strings"
)

// patterns find in a plain text what tells who somebody is. They are expressions
// that Go and browsers read alike.
type patterns struct{ Email, Date, Phone, Short, Free, Birth string }

// day is a date as people write one.
const day = `([0-9]{1,2}(st|nd|rd|th|er)? (of |de )?[a-z]{3,10},?( of| del?)? (19|20)[0-9]{2}|` +
	`[a-z]{3,10} [0-9]{1,2}(st|nd|rd|th)?,? (19|20)[0-9]{2}|[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ]((19|20)[0-9]{2}|[0-9]{2}\b))`

var search = patterns{
	Email: `[a-z0-9._%+-]+@([a-z0-9-]+(\.[a-z0-9-]+)+)`,
	// Date is taken out before numbers are looked for.
	Date:  `\b([0-9]{1,2}[-/.][0-9]{1,2}[-/.](19|20)[0-9]{2}|(19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2})\b`,
	Phone: `\+?\(?[0-9][-0-9 ()./]{5,20}[0-9]`,
	// Short is a number without its area.
	Short: `^[0-9]{3}[-. ][0-9]{4}$`,
	// Free is how numbers begin that everybody may call, help lines mostly.
	Free:  `^(1?8(00|33|44|55|66|77|88)|0800|0805|0808|1300|1800|900)`,
	Birth: `\b(born|dob|d\.o\.b\.?|birth ?date|date of birth|birthday|naci|nacio|nacid[oa]|nacimiento|nee? le|naissance)\b[^!?\n]{0,20}?` + day,
}

var (
	email = regexp.MustCompile(search.Email)
	date  = regexp.MustCompile(search.Date)
	phone = regexp.MustCompile(search.Phone)
	area  = regexp.MustCompile(search.Short)
	free  = regexp.MustCompile(search.Free)
	birth = regexp.MustCompile(search.Birth)
)

// contact reports whether a plain text holds a telephone number or an e-mail
// address that is not the practice's, or a date of birth.
func (j *Judge) contact(plain string) bool {
	if birth.MatchString(plain) {
		return true
	}
	own := j.Practice.domain()
	for _, m := range email.FindAllStringSubmatch(plain, -1) {
		if m[1] != own {
			return true
		}
	}
	for _, number := range phone.FindAllString(date.ReplaceAllString(plain, ";"), -1) {
		if j.reaches(number) {
			return true
		}
	}
	return false
}

// reaches reports whether a number is a telephone's, and a private one's.
func (j *Judge) reaches(number string) bool {
	n, own := digits(number), digits(j.Practice.Phone)
	switch {
	case len(n) < 9 && !area.MatchString(number), len(n) > 15, free.MatchString(n):
		return false
	case own != "" && (strings.HasSuffix(own, n) || strings.HasSuffix(n, own)):
		return false
	}
	return true
}

// domain is that of the practice's own e-mail addresses, as far as its form
// tells it.
func (p *Practice) domain() string {
	u, err := url.Parse(p.Private)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}
