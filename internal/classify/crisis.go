package classify

import (
	"regexp"
	"slices"
	"strings"

	"triage/internal/classify/lexicon"
)

// crises are plain present words of somebody who wants to end a life, the author's or
// another's, in the form in which texts are read: small letters, no accents, no
// apostrophes. What was ("wanted to die") is none of them. They are urgent whatever
// the network makes of the rest: of these sentences none may be missed, and a person
// who looks once too often costs a minute. All languages are tried, since a short
// text is easily taken for another's.
var crises = regexp.MustCompile(`\b(?:` + strings.Join([]string{
	// English: an intent, a few words on the way, and the act.
	enWants + `(?:kill|killing) (?:myself|himself|herself|themselves|themself|my self|him self|her self)`,
	enWants + `(?:end|ending|take|taking) (?:my|his|her|their)(?: own)? life`,
	`(?:im|am|hes|shes|is) (?:ending|taking) (?:my|his|her)(?: own)? life`,
	enWants + `(?:commit|committing) suicide`, `(?:thinking|thoughts|thinks|thought) (?:about|of) (?:suicide|ending it all)`, `considering suicide`,
	`(?:want|wants|wanna|ready)(?: just| really| to| be)* (?:die|dead|end it all)`, `wish (?:i|he|she) (?:was|were) dead`,
	`(?:dont|do not|doesnt|does not|no longer|cant)(?: even| really)? (?:want|wants|wanna)(?: to)? (?:live|be alive|exist|keep living)`,
	`(?:dont|do not|doesnt|does not) (?:want|wants|wanna)(?: to)? be here any ?more`,
	`(?:im|am|is|hes|shes|feel|feels|feeling|been)(?: so| very| really| still| actively| feeling| again)* suicidal`,
	`(?:having|have|has|getting|get)(?: \w+)? suicidal (?:thoughts|ideation|feelings)`,
	// Spanish.
	`(?:quiero|quiere|voy a|va a|deseo|desea|pienso|pienso en|piensa en|pensando en|ganas de|planeo|intento) (?:matarme|matarse|suicidarme|suicidarse|quitarme la vida|quitarse la vida|acabar con mi vida|terminar con mi vida|acabar con su vida)`,
	`(?:quiero|quiere|deseo|desea|ganas de) (?:morir|morirme|morirse)`, `(?:me quiero|se quiere) (?:morir|matar|suicidar)`, `(?:me voy a|se va a) (?:matar|suicidar)`,
	`no (?:quiero|quiere) (?:vivir|seguir viviendo|seguir viva|seguir vivo)`, `no tengo ganas de vivir`,
	// French.
	`(?:veux|veut|vais|va|envie de|pense a|pense|songe a|compte) (?:me|se) (?:tuer|suicider)`, `(?:veux|veut|envie de|envie d) (?:mourir|en finir)`,
	`(?:plus envie de|veux plus|veut plus|veux pas) vivre`, `(?:suis|est|sens|sent) suicidaire`,
}, "|") + `)\b`)

// enWants is how somebody says that she means to.
const enWants = `(?:want|wants|wanna|wanting|going|gonna|will|ill|about|ready|need|needs|plan|plans|planning|trying|threatening|threatens|thinking|thoughts|urge|urges|tempted|decided)(?: to| of| about| on| just| really| actually| honestly| literally)* `

// A crisis is none after these words, and none before those: what is denied, past or
// said of people in general, and figures of speech.
var (
	notAfter  = []string{"not", "dont", "doesnt", "didnt", "wont", "never", "no", "ni", "nunca", "pas", "jamais", "used", "you", "u", "people", "patients", "nobody", "anyone", "characters"}
	notBefore = regexp.MustCompile(`^(?: (?:so|just|casi|presque))* (?:of (?:laughter|laughing|embarrassment|shame|boredom|cringe|happiness)|laughing|from (?:laughter|embarrassment|boredom|cringe)|de (?:la |el )?(?:risa|verguenza|pena|hambre|sed|calor|frio|amor|ganas|emocion|aburrimiento|rire|honte|faim|soif|froid|jalousie|ennui)|(?:in|near|at|here|there|with|next|en|aqui|cerca|con|ici|pres|dans) |avec (?:ce|cet|cette|ces|le|mon|ma|vous|votre))`)
)

// triggers are the words of which every crisis has one: other texts cost no more than
// looking for these.
var triggers = func() map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(`kill killing life suicide suicidal die dead all live alive exist living here
		matarme matarse suicidarme suicidarse vida morir morirme morirse matar suicidar vivir viviendo viva vivo
		tuer suicider mourir finir vivre suicidaire`) {
		out[w] = true
	}
	return out
}()

var noApostrophes = strings.NewReplacer("'", "", "’", "")

// crisis finds the first crisis of a text, as tokens from, to inclusive.
func (s *state) crisis() (from, to int, ok bool) {
	if !slices.ContainsFunc(s.Tokens, func(t lexicon.Token) bool { return triggers[t.Word] }) {
		return 0, 0, false
	}
	var text strings.Builder
	ends := make([]int, len(s.Tokens))
	for i, t := range s.Tokens {
		if i > 0 {
			text.WriteByte(' ')
		}
		text.WriteString(noApostrophes.Replace(t.Word))
		ends[i] = text.Len()
	}
	all := text.String()
	for _, at := range crises.FindAllStringIndex(all, -1) {
		if speaks(all[:at[0]], all[at[1]:]) {
			from, _ = slices.BinarySearch(ends, at[0]+1)
			to, _ = slices.BinarySearch(ends, at[1])
			return from, to, true
		}
	}
	return 0, 0, false
}

// speaks reports whether what stands around a crisis leaves it one.
func speaks(before, after string) bool {
	words := strings.Fields(before)
	for _, w := range words[max(0, len(words)-3):] {
		if slices.Contains(notAfter, w) {
			return false
		}
	}
	return !notBefore.MatchString(after + " ")
}

// plainly gives a crisis as a reason, unless a place in it is one already.
func (s *state) plainly(from, to int, out *Judgement) {
	start, end := s.Tokens[from].Start, s.Tokens[to].End
	if !slices.ContainsFunc(out.Reasons, func(r Reason) bool { return r.Kind == KindUrgent && r.Start < end && start < r.End }) {
		out.Reasons = append(out.Reasons, Reason{start, end, KindUrgent, "describes a danger that may be happening now"})
	}
}
