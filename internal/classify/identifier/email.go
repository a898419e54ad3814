package identifier

import (
	"regexp"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

// An address in words, from its at on, and its dot.
const (
	saidDot  = `(?:\s?[\[({<]\s?(?:d[o0]t|punto|point)\s?[\])}>]\s?|,?\s(?:d[o0]t|punto|point|period),?\s|\s?-dot-\s?|\s?\.\s?|\s)`
	saidAt   = `(?:\s?[\[({<]\s?(?:at|a|@|arrobas?|aro?bas?e?)\s?[\])}>]\s?|,?\s(?:@|at|arroba|aro?bas|arobase|chez),?\s|\s?-at-\s?)`
	mailRest = `(?:\s?\.\s?[\pL\d]+)?` + saidAt + `[\pL\d-]+?` + saidDot + `(?:com|net|org|edu|co|ca|uk|es|fr|mx|ar|io|example)\b`
)

// pattern is compiled when it is first needed, for most runs of the program
// never look for an address.
func pattern(s string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(s) })
}

var (
	emailAt  = pattern(`(?i)[\pL\d][\pL\d._%+-]*(?:\s@\s|@)[\pL\d-]+(?:\.[\pL\d-]+)*\.\pL{2,}`)
	emailGap = pattern(`(?i)(?:[\pL\d._-]\s){4,40}@\s(?:[\pL\d.-]\s){4,40}[\pL\d]\b`)
	emailSay = pattern(`(?i)(?:[\pL\d]\s){3,30}?` + mailRest + `|[\pL\d][\pL\d._+-]*?(?:\s?[\[(<]?(?:\bd[o0]t|punto|point|period|underscore|guion bajo|tiret bas|plus)\b[\])>]?\s?[\pL\d_-]+?){0,3}` + mailRest)
	role     = pattern(`(?i)(?:^|[._-])(?:(?:reception|front|office|billing|appointment|booking|admin|clinic|practice|surgery|enquir|info)\pL*|contact|complaints?|intake|hello|hola|support|help|service|noreply|press|jobs|careers|hr|team|enquiries|inquiries|referrals?|refills?|refunds?|nurses?|events|sales|records|citas|contacto|atencion|atencionpaciente|reclamos|reclamaciones|quejas|recetas|resultados|informes|comunicacion|formacion|prensa|rr?hh?|recepcion|informacion|ventas|secretariat|accueil|rdv|plaintes|redaction|presse|benevoles|labo|direction|cabinet|clinique|privacy|feedback|manager|patient|accounts|dr|dra|doctor)\d*(?:[._-][\pL.]*)?\s?(?:@|[\[({<]| at | arroba )`)
)

// emails finds addresses around each @.
func (f *finder) emails() {
	for at, n := strings.IndexByte(f.Raw, '@'), 0; at >= 0 && n < 64; n++ {
		from, to := cut(f.Raw, at-60), cut(f.Raw, at+80)
		if part := f.Raw[from:to]; at > 0 && strings.IndexByte(f.Raw[at:to], '.') > 0 {
			f.email(emailAt().FindStringIndex(part), from)
			if strings.HasPrefix(f.Raw[at:], "@ ") {
				f.email(emailGap().FindStringIndex(part), from)
			}
		}
		next := strings.IndexByte(f.Raw[at+1:], '@')
		if next < 0 {
			return
		}
		at += 1 + next
	}
}

// saidEmail finds an address in words before token i, which may end it.
func (f *finder) saidEmail(i int) {
	if f.said++; f.said > 64 {
		return
	}
	for j := i - 1; j >= 0 && j >= i-8 && i < len(f.Tokens); j-- {
		switch f.Tokens[j].Word {
		case "at", "a", "chez", "arroba", "arrobas", "arobase", "arobas", "@":
			from := cut(f.Raw, f.Tokens[j].Start-60)
			if m := emailSay().FindStringIndex(f.Raw[from:f.Tokens[i].End]); m != nil {
				f.email(m, from)
				return
			}
		}
	}
}

func (f *finder) email(m []int, base int) {
	if m == nil {
		return
	}
	s := f.Raw[base+m[0] : base+m[1]]
	if f.own(s) || role().MatchString(s) {
		return
	}
	i := sort.Search(len(f.Tokens), func(i int) bool { return f.Tokens[i].Start >= base+m[0] })
	odds := 2.5
	if before, _ := f.around(i, i, 5, 0); before&isTheirs != 0 && before&isMine == 0 {
		odds = -.3
	}
	f.add(base+m[0], base+m[1], mail, odds)
}

// cut moves a place to the edge of a letter, inside the text.
func cut(s string, i int) int {
	i = max(0, min(len(s), i))
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}
