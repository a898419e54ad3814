package lexicon

// Tag is what a term tells; Tags is a set of them.
type (
	Tag  uint8
	Tags uint64
)

// The tags, in the order of tagNames. Those up to TagBody tell a detail,
// those up to TagRoutine only that there was care, the others of whom and how
// it is meant.
const (
	TagCond Tag = iota
	TagSymp
	TagProc
	TagMed
	TagTest
	TagRepro
	TagMent
	TagSubst
	TagWordnet
	TagBody
	TagVProc
	TagVMed
	TagVTest
	TagVague
	TagRoutine
	TagSpec
	TagSelf
	TagFam
	TagOther
	TagGen
	TagYou
	TagNeg
	TagPast
	TagNow
	TagHyp
	TagAsk
	TagJoke
	TagIdiom
	TagTreat
	TagComplain
	TagAdmin
	TagAdvert
	TagAware
	TagDanger
	TagHelp
	TagCare
	tagCount
)

// tagNames are the tags as the word lists call them.
var tagNames = [tagCount]string{
	"cond", "symp", "proc", "med", "test", "repro", "ment", "subst", "wordnet", "body",
	"vproc", "vmed", "vtest", "vague", "routine", "spec", "self", "fam", "other", "gen", "you",
	"neg", "past", "now", "hyp", "ask", "joke", "idiom", "treat", "complain", "admin", "advert",
	"aware", "danger", "help", "care",
}

// Sets of tags by how much they tell.
const (
	Specific Tags = 1<<TagWordnet - 1        // a detail of one of the kinds
	Medical  Tags = 1<<TagVProc - 1          // that, any medical term, or a part of the body
	Allusion Tags = 1<<TagSpec - 1 - Medical // only that there was care
)

// Of is a set of tags.
func Of(ts ...Tag) Tags {
	var s Tags
	for _, t := range ts {
		s |= 1 << t
	}
	return s
}

// Has reports whether t is in the set.
func (s Tags) Has(t Tag) bool { return s>>t&1 == 1 }

// Any reports whether the sets have a tag in common.
func (s Tags) Any(other Tags) bool { return s&other != 0 }
