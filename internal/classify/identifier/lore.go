package identifier

import (
	_ "embed" // the words
	"strings"
)

// lore is what is known of a word by itself when identifiers are looked for.
type lore uint64

const (
	isGiven    lore = 1 << iota // a first name
	isTitle                     // before or after the name of a clinician
	isMister                    // before the name of anybody
	isIntro                     // a name that follows is the writer's or a patient's
	isCall                      // somebody is to be called, reached or written to
	isClose                     // closes a letter
	isThing                     // part of the name of a place, firm, feast or work
	isTie                       // ties a name that follows to what was said before
	isParticle                  // stands small inside a name
	isRecord                    // a number that follows belongs to a patient
	isTicket                    // a number that follows belongs to a thing
	isMine                      // a number is the writer's
	isTheirs                    // a number or an address is a firm's
	isBorn                      // a date is one of birth
	isStreet                    // a kind of street, after its name
	isCalle                     // a kind of street, before its name
	isHome                      // somebody lives there
	isDigit                     // a digit in words
	isMonth
	isHere    // after a name: it is the writer
	isSmall   // a little word, nobody's name
	isLine    // what one has a number of
	isYours   // before the name that signs
	isSurname // the word for it
	isYear    // begins a year in words
	isFirst   // the writer
	isFate    // what a body undergoes
	isTended  // what was done to somebody
	isJob     // a post to be filled
	isTrade   // something is sold
	isScheme  // money is to be made
	isUnit    // part of a house, before its number
	isDesk    // where a practice or a firm answers
	isPlain   // nobody's name by itself
	isEstate  // a group of houses or flats, before its name or after it
)

// plainWords are nobody's name by themselves, beyond those that the lexicon
// lists.
//
//go:embed words.txt
var plainWords string

// known maps words, normalised, to what is known of them.
var known = func() map[string]lore {
	m := make(map[string]lore, 11_000)
	for l, words := range loreWords {
		for _, w := range strings.Fields(words) {
			m[w] |= l
		}
	}
	for w := range strings.Lines(plainWords) {
		m[w[:len(w)-1]] |= isPlain
	}
	return m
}()

var loreWords = map[lore]string{
	isTitle: `dr dra drs doc doctor doctora docteur docteure docteurs doctors nurse nurses sister surgeon hygienist therapist receptionist reception
		secretaria secretaire infirmiere infirmier enfermera enfermero enfermeras lic licenciada licenciado prof professor professeur pr profe physician dentist dentista coach
		midwife matrona matrone pharmacist radiographer technician tech assistant fisio kine physio physiotherapist sor psicologa psicologo psychologue
		frcs mrcp facs frcp md rn np pa dds dmd do phd lmt dc rdh od arnp lcsw crna obgyn cirujano cirujana chirurgien cllr minister padre father uncle aunt auntie tante tonton partera maire alcalde alcaldesa embriologa podiatrist optometrist radiologist chiropractor acupuncturist esthetician rev reverend assistant ministre pupille especialista nutri
		dre docteure residente higienista radiologo radiologa cardiologo cardiologa cardiologue coordinadora coordinador coordinator psicopedagoga logopeda terapeuta orthophoniste recepcionista councillor councilwoman cllr mp ponente
		dermatologo dermatologa oncologo oncologa ginecologo ginecologa neurologo neurologa pediatra dermatologue gynecologue osteopathe sophrologue podologue adjoint adjointe autrice auteur author clerk matron consultant anaesthetist optician paramedic orthodontist
		oncologist cardiologist dermatologist neurologist pediatrician urologist psychologist psychiatrist dietitian nutritionist counselor counsellor naturopath osteopath volunteer vet paed paediatrician sir dame animateur sainte`,
	isMister: `mr mrs ms miss mme madame monsieur mlle m sr sra srta señor señora señorita don doña`,
	isIntro: `somos am under completo name names named nombre nom prenom apellido surname llamo llama llamado llamada appelle soy suis im i'm it's its c'est called nombrado signed signe firma firmo firmado
		atte atentamente patient paciente patiente sincerely regards part attention temoignage cuenta yo ici moi name's holder behalf alias testimonio identidad titular`,
	isCall: `for from under as call ring text phone message contact ask email to tell para por pour pide demandez llamar llame llamen contacten please pls thank thanks thankyou gracias merci`,
	isClose: `saludo luv bs bisou revoyure kenavo slainte ciao bendiga bless att thanks thank thankyou thx regards rgds sincerely grateful cariño afecto gratitude love cheers kindly best wishes respectfully cordially truly
		yours yrs gratefully blessings hugs xx xoxo x gracias saludos atte atentamente siempre bendiciones abrazo abrazos besos beso besitos cordialement cdt bisous bises merci amicalement amities
		respectueusement encore firma firmado signed signe sincerement smiling humbly cordialmente affection affectueusement bientot bendito love greetings xoxox `,
	isThing: `rd blvd ave cedex nord sud street road lane avenue hospital clinic clinica clinique center centre centro medical dental health care school university college church day week month year christmas easter diwali friday
		monday tuesday wednesday thursday saturday sunday january february march april june july august september october november december lunes martes miercoles jueves viernes sabado domingo enero febrero marzo
		abril mayo junio julio agosto septiembre octubre noviembre diciembre janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre lundi mardi mercredi jeudi vendredi samedi dimanche
		norte sur alto baja northern southern eastern western mondays tuesdays wednesdays thursdays fridays saturdays sundays north south east west new san santa saint st los las alabama alaska arizona arkansas colorado connecticut delaware hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada hampshire jersey york oklahoma oregon pennsylvania rhode dakota tennessee utah vermont virginia washington wisconsin wyoming alberta manitoba saskatchewan nova scotia brunswick houston dallas austin boston miami orlando tampa phoenix denver seattle angeles diego francisco ottawa calgary edmonton vancouver montreal winnipeg lima bogota madrid habana el la united states kingdom city county beach park river lake valley mount island bay hills heights club inn hotel cafe bar restaurant
		team office practice group institute foundation society association service services department pharmacy insurance bank company inc llc ltd cross shield blue kaiser aetna cigna bupa medicare medicaid
		google facebook instagram twitter yelp youtube tiktok whatsapp netflix amazon uber facetime zoom botox juvederm invisalign ozempic wegovy restylane smile laser eye vision plastic surgery cosmetic dentistry orthodontics
		covid england ireland scotland wales canada america london paris madrid texas florida california ontario carolina toronto chicago india mexico colombia argentina france espagne quebec god jesus dios lord allah santo virgen
		party war cup league prize award act national international american british french spanish european world book club bake off house home lounge spa salon gym store shop market mall tower building suite floor seguro social seguridad`,
	isTie: `by with to of at see recommend recommended recommends called staff nurse a por con de del al par avec pour et y chez love is was and & in on en dans the le la el los las les like como comme than watch
		team meet met saw visit visited seeing asked told know mentioned segun selon according ladies girls guys para dear hi hello hey hola bonjour querida querido chere cher named until dr drs`,
	isParticle: `de del la van von der da dos mac o al le ben bin el ap d vda y san du des ten ter e i al ni`,
	isRecord: `file lab specimen sample accession rx prescription historial ficha legajo registro hc nuhsa identifiant episode labo mbi geha tricare humana aadhaar mrn chart record records nhs chi ihi gms ohip ramq nam niss avs medicare medicaid medi cal ssn nin ni member membership memb subscriber policy policyno poliza police claim insurance insurer assurance aseguradora hosp hospital patient
		patiente paciente pt pat id uhid acct account dossier secu securite vitale mutuelle partenamut expediente exp folio historia afiliado afiliada socio socia dni nie cedula cc ci rut curp nss cip tarjeta carnet carne passport pasaporte passeport
		matricule registre cnss license card carte health beneficiary group file   client device service identification documento nit cuil cuit rfc eps isapre sis ald bcbs bluecross aetna bupa allianz allocataire security social`,
	isTicket: `sanitario ombudsman comprobante oxxo col finess adeli rpps rnpsp provider lottery loteria council mairie sorteo licencia crn vat cqc job vacancy poste vacante order orders dpd fedex ups tracking parcel invoice inv facture factura gmc npi licence company form ticket boleto rifa profesional code codigo charity royal model serial ref reference pedido guia envio compra caso case boleta vuelo bus court colis suivi contrat contrato
		commande reclamation reclamo queja bib table room parking notice charge receipt recibo turno price prix precio euros dollars pago lot lote batch version extension ext doi isbn page article seat flight unit building iban sort postcode zip`,
	isMine: `my mine me i'm im i us our cell mobile whats whatsapp wasap text txt sms his her mum mom dad voicemail mi mis mio cel celular movil llamen llamenme llame llamame marcado escribanme escriban urge moi mon ma mes portable rappelez
		rappeler joignable joindre joint call ring phone reach back contact number fono tel telefono tlf telf telephone numero husband wife son daughter mother father hijo hija esposo esposa madre padre mari femme fils fille contacto`,
	isTheirs: `plumber plombier fontanero taxi locksmith serrurier scam arnaque spam fraude switchboard company cabinet laboratoire labo sav fundacion asociacion local citas secretaria panaderia roadworks locksmiths
		solicitors instagram insta answerphone helpdesk clinic clinica clinique office practice surgery desk reception billing hotline helpline lifeline crisis line linea ligne their them wrote sus sede standard secretariat doctor doctora dr dra works located center centre fax chemist pharmacy
		farmacia pharmacie eventos toll customer press option opcion options branch emergency poison samaritans central conmutador belongs hospital oficina optica web site dial dialling dialled rang bio right hours used marquen atencion recepcion sucursal urgencias web urgences gratuit gratis info infos renseignements anexo mairie gobierno writing`,
	isBorn: `ddn fdn fn birthday's dob born birth birthday birthdate bday naci nacio nacido nacida nac nacimiento cumple cumpleaños ne nee nes nees naissance rn b n`,
	isStreet: `st street ave avenue road rd lane ln crescent cres blvd boulevard drive gardens gdns close cl court ct way place pl terrace terr house mews grove walk square sq row hill park parade pde yard yd wharf cottages dr cottage
		quay gate brae wynd view steps fold bank rise mansions buildings cuttings lodge mews bungalow alley parkway pkwy highway hwy circle trail`,
	isCalle: `calle avenida avda av carrera cra jr jiron pasaje pje privada retorno callejon plaza paseo camino rua colonia barrio domicilio rue chemin allee avenue boulevard bd impasse place quai cours route montee sentier venelle villa cite hameau ruelle square faubourg cour chaussee c`,
	isHome:  `home live lives address addr moved buzzer flat apartment apt vivo vive casa direccion habite habitons chez adresse post send envoyez manden envienme deliver delivered door puerta porte interphone timbre house come venez vengan letter livrez`,
	isDigit: `ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety mil mille novecientos diez once doce veinte oh zero one two three four five six seven eight nine double triple hundred cero uno dos tres cuatro cinco seis siete ocho nueve treinta cuarenta cincuenta sesenta setenta ochenta noventa
		deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante vingts un`,
	isMonth: `jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov november dec december ene enero febrero marzo abr abril mayo junio julio ago agosto septiembre
		setiembre octubre noviembre dic diciembre janvier janv fevrier fev mars avril avr mai juin juillet juil aout septembre octobre novembre decembre`,
	isHere:  `here aqui ici presente`,
	isYours: `votre su suya suyo servidora servidor your yours patient paciente patiente tu fan amiga vuestra vuestro`,
	isLine:  `number cell mobile phone no num numero tel telefono cel celular whatsapp whats wasap fono movil tlf portable contact landline line nro correo`,
	isSmall: `a an i he she they we you it this that these those will would should could can be been am are were so said una un uno unos unas the and or but if when then than there here what who how why not no yes do does did done
		has have had my your his her our their me him us them its get got go out up down off on in at of to by as at from with for thank thanks god bless very so much too all any one two just only also again ever never always
		el los las lo se si que como mas muy ya mi tu su sus mis nos les le es son fue ser soy esta este eso esa todo toda todos nada pero porque cuando donde quien con sin por para
		je tu il elle on nous vous ils elles ce c'est ca un une des du au aux mes tes ses mon ma ton sa notre votre leur qui que quoi dont ou et mais donc car ni pas plus tres bien tout tous toute merci`,
	isSurname: `surname apellido apellidos nom 2nd`,
	isYear:    `nineteen twenty fifty sixty seventy eighty ninety mil dos novecientos noventa ochenta setenta sesenta cincuenta mille deux dix soixante quatre cinquante cent cents cientos`,
	isFirst:   `i i'm me my mine myself we us our yo mi mis mio nos nuestro nuestra je j moi me m mon ma mes nous notre nos`,
	isFate:    `had has having got gets getting lost broke needs needed gave suffers suffered beat tuvo tiene tenia perdio se rompio sufre sufrio padece padecia eu perdu ete s souffre souffrait subi attrape`,
	isTended:  `operaron atendieron curaron salvaron trataron ingresaron opere operes sauve soigne soignes`,
	isJob:     `job vacancy vacante interview interviews recruitment hiring candidature postule emploi empleo entrevista entretien embauche`,
	isDesk:    `reception recepcion desk office surgery pharmacy farmacia pharmacie chemist clinic clinica clinique cabinet secretariat secretaria standard switchboard hotline helpline answerphone accueil laboratoire labo hospital oficina billing sede fax conmutador central urgencias urgences`,
	isTrade:   `prices precios tarifas tarifs economicos baratos vendo vends clases eventos bodas weddings loans prestamos`,
	isScheme:  `telegram crypto bitcoin forex trading invest investment profits ganancias inversiones invertir`,
	isUnit:    `flat apartment apt apto apartamento dpto depto departamento piso portal bloque block edif edificio casa manzana mz lote torre tower unit appartement appt appart bat batiment porte etage puerta`,
	isEstate:  `residencial residencia residenciales urbanizacion urb condominio conjunto edificio torres fraccionamiento residence immeuble lotissement cite house towers court building mansions apartments`,
	isGiven:   givenNames,
}

// givenNames are first names common in the three languages' countries.
const givenNames = `ed al aaron abby abigail abril ada adaeze adam adan adela adelaida adele adelina adeline adrian adriana adrien adrienne agatha agathe agnes agustin agustina ahmed aicha aida aidan aileen aimee ainhoa aisha aitor alain alan alana
alba albert alberta alberto alec alejandra alejandro alessandra alex alexa alexander alexandra alexandre alexandria alexia alexis alfie alfonso alfred alfredo ali alice alicia alina aline alisha alison allan allen allison alma alonso alphonse
alvaro alyssa amadou amaia amalia amanda amandine amara amaury amber amelia amelie amina aminata amit amos amparo amy ana anabel anais anastasia andre andrea andreas andree andres andrew andy ange angel angela angele angelica angelina
angeline angelique angie angus anil anita anja anjali ann anna annabel annabelle anne anneliese annette annie anouk anselm anselmo anthea anthony antoine antoinette anton antonia antonio anya aoife april araceli archie ariana ariel arlene
arlette armand armando arnaud arnold arthur arturo arun asha ashley ashok astrid asuncion aubrey audrey augustin augustine aurelia aurelie aurelien aurelio aurora austin ava axel ayesha azucena barbara barb barnaby barry bartholomew bastien
baudouin beatrice beatriz beatrix becca becky belen belinda ben benedicte benita benito benjamin benoit berenice bernadette bernard bernardo bernice bert bertha bertrand beryl beth bethany betsy bettina betty beverly beverley bianca bill
billy blaise blake blanca blanche blandine bob bobby bonnie borja boubacar brad bradley brandi brandon brandy brenda brendan brent brett brian briana brianna bridget brigitte brittany brock bronagh bronwyn bruce bruno bryan bryony caitlin
callum calvin cameron camila camilla camille camilo candace candice candy carina carl carla carlos carlotta carly carmel carmela carmen carol carole carolina caroline carolyn carrie carter carys casey casimir cassandra cassie catalina
catherine cathy cathie cecile cecilia cedric celeste celestin celestine celia celine cesar chad chantal chantelle charity charlene charles charlie charlotte chelsea cheryl chiara chloe chris christa christelle christian christiane christina
christine christophe christopher christy ciara cindy claire clara clare clarence clarice clarisse claude claudette claudia claudine claudio clayton clemence clement clementine cliff clifford clive clotilde cody colette colin colleen concepcion
connie conor consuelo corey corinne courtney craig cristian cristina cristobal crystal curtis cynthia cyril cyrille daisy dakota dale damian damien damon dan dana daniel daniela daniele danielle danny daphne daphnye darcy daria dario darius
darlene darrel darrell darren darryl dave david dawn dean deanna deb debbie deborah debra declan deirdre delia delphine demetrius denis denise dennis derek desiree desmond destiny devon diana diane dianne dick didier diego dilys dina
djamila dolores domingo dominic dominica dominique donald donna doreen doris dorothea dorothy dot doug douglas drew duncan dustin dwayne dylan eamonn earl ebony eddie edgar edith edmond edmund edna eduardo edward edwin eileen elaine
elena eleanor eleonore eli elias elijah elisa elisabeth elise elissa eliza elizabeth ella ellen ellie elliott elodie eloise elsa elsie elvira emeline emerson emil emile emilia emilie emiliano emilio emily emma emmanuel emmanuelle enrique
eric erica erika erik erin ernest ernestine ernesto esmeralda esperanza estela estelle esteban ester esther estrella ethan ethel etienne eugene eugenia eugenie eulalie eunice eva evan evangeline eve evelyn evelyne ezequiel fabian fabien
fabienne fabio fabiola fabrice faith fanny fatima fatou fatoumata faye federico felicia felicity felipe felix fenella fergus fermin fernand fernanda fernando fidel fiona fleur flora florence florent florian floyd fran frances francesca
francine francis francisca francisco franck francois francoise frank frankie franklin fred freda freddie frederic frederick frederique freya fuensanta gabriel gabriela gabrielle gael gaelle gail gareth garrett gary gaston gavin gemma gene
genevieve genoveva geoff geoffrey georges george georgia georgina gerald geraldine gerard gerardo german germaine gerry gertrude gertrudis ghislain ghislaine gilbert gilberto gilles gillian gina ginette ginger ginny gladys glen glenda glenn gloria
gonzalo gordon grace graciela graham grant greg gregg gregoire gregorio gregory greta guadalupe guillaume guillermo gus gustavo guy gwen gwendoline gwendolyn hailey hamid hamish hamza hannah harold harriet harrison harry harvey hassan hattie
hazel heather hector heidi heinrich helen helena helene heloise henri henriette henry herbert heriberto herman hernan hilary hilda hippolyte holli holly homer hope horace hortense hortensia howard hubert hugh hugo huguette humberto ian ibrahim
ida ignacio igor iker ilse imelda imogen ines ingrid inmaculada iolanda ira irene iris irina irma irving isaac isabel isabella isabelle isaiah ishmael isidoro isidro ismael israel issa itzel ivan ivana ivonne ivy jack jackie jackson jaclyn jacob jacqueline
jacques jacquie jade jaime jake jamal james jamie jan jana jane janelle janet janice janie janine jared jasmin jasmine jason javier jay jayden jayne jean jeanette jeanne jeannette jeannie jeff jeffrey jen jenna jennie jennifer jenny jeremiah
jeremie jeremy jerome jerry jess jesse jessi jessica jessie jill jillian jim jimena jimmy jo joan joana joann joanna joanne jocelyn jocelyne jodie jody joe joel joelle joey johan johanna johanne john johnny jolene jon jonas jonathan jordan jordi
jordy jorge jose josee josefa josefina joseph josephine josette josh joshua josiane josiah josie josue joy joyce juan juana juanita jude judith judy jules julia julian juliana julie julien juliette julio june justin justine kaitlyn kamal karen karim karina
karine karl karla kassandra kate katharine katherine kathleen kathryn kathy katia katie katrina kay kayla keith kelly kelsey ken kendra kenia kenneth kenny kenza kerri kerry kevin keziah khadija kim kimberley kimberly kirsten kirsty kofi kristen kristin
kristina kristy krystal kwame kyle kylian lachlan laetitia laila lana lance lara larry latoya laura laure laurence laurent lauren laurie lavinia lazaro lea leah leana leandro leila lena lenora leo leon leona leonard leonardo leonel leonor leopold leroy leslie
lester leticia lewis liam lidia lila lilia lilian liliana liliane lillian lily lina linda lindsay lindsey linus lionel lisa lise lissette liz lizbeth lizette lloyd logan loic lola lora loraine lorena lorenzo loretta lori lorie lorna lorraine lottie lou louis louisa louise
lourdes luc luca lucas lucette lucia lucian luciana luciano lucie lucien lucienne lucile lucille lucinda lucy luis luisa luke lupe lupita luz lydia lydie lyle lynda lynn lynne mabel maca macarena maddie madeleine madeline madison mae maelle maelys magali magda
magdalena maggie maisie malcolm malik mallory mamadou mandy manon manuel manuela mara marc marcel marcela marcelle marcelino marcella marcelo marcia marco marcos marcus margaret margarita margaux margie margot marguerite maria mariah mariam marian mariana marianne
mariano maribel marie mariel marielle marilyn marina mario marion marisa marisabel marisol marissa marjorie mark marlene marlon marsha marta martha marthe martin martina martine martino marty marvin mary maryann maryse maryrose mateo mathieu mathilde matias matilda matt
matteo matthew matthieu maud maude maureen maurice mauricio mavis max maxime maximilian maxine may maya mechele meg megan mehmet mel melanie melinda melissa melody mercedes meredith merle meryl mia micaela michael michaela micheal michel michele micheline michelle mick
miguel mike mila mildred milena miles millie milton mimi minerva mira miranda mireille mireya miriam misty mitchell modou mohamed mohammed moira molly mona monica monique morag morgan mourad muriel murray mustafa myra myriam myrna myrtle mya nabil nadia nadine nan nancy
naomi natalia natalie natasha nathalie nathan nathaniel neal neil nelly nelson neus nerea nestor ngozi nia nicholas nick nicky nico nicola nicolas nicole nicolette nigel nikki nils nina noah noel noelia noella noelle noemi nora norbert noreen norma norman nubia nuria
odette odile olga oliver olivia olivier ollie omar omer ophelie orla orlando oscar otto ousmane owen pablo paco paige palmira paloma pam pamela paola paolo pascal pascale pascual pat patience patrice patricia patricio patrick patsy patti patty paul paula paulette paulina
pauline paulo pavel pearl pedro peggy penelope penny perla pete peter petra phil philip philippa philippe phillip phoebe phyllis piedad pierre pierrette pierrick pilar piotr polly prakash preston priscilla priya prudence puri quentin quincy rachel rachelle rafael raj rajesh
ralph ramiro ramon ramona randall randy raphael raphaelle raquel rashid raul ravi ray raymond raymonde rebeca rebecca reece refugio regina reginald regine reina rejean remi remy rene renata renato renaud renee reuben rex reyna rhiannon rhoda rhonda ricardo richard rich rick
ricky rita rob robert roberta roberto robin robyn rocio roderick rodney rodolfo rodrigo roger rohan roland rolande rollie romain roman romane ron ronald ronan ronnie rory rosa rosalba rosalia rosalind rosalinda rosamund rosario rosaura rose roseanne rosemary rosie ross rowan roxana
roxane roxanne roy ruben ruby rudolph rufus russell ruth ryan sabine sabrina sadie said sally salma salvador sam samantha samir samira sammy samuel sandi sandra sandrine sandy santiago santos sara sarah sasha saul scott sean sebastian sebastien selena serena serge sergio seth
severine shane shannon shari sharon shaun shauna shawn sheila shelby shelley shelly sheri sherri sherry shirley sian sidney sierra silvia silvie simon simone sinead siobhan skye socorro sofia soledad solene solange solomon solveig sonia sonja sonya sophia sophie soraya stacey stacy
stan stanley stefan stella steph stephan stephane stephanie stephen steve steven stewart stuart sue sunita susan susana susanna susanne susie suzanne suzette sven sybil sydney sylvain sylvia sylvie tabitha tamara tami tamika tammy tamsin tania tanya tara tariq tasha tatiana ted
teodora teodoro terence teresa teri terrance terrence terri terry tess tessa thea theo theodora theodore theresa therese thiago thibault thierry thomas tia tiana tiffany tilda tim timothy tina titouan tobias toby todd tom tomas tommy toni tony tonya tori toño traci tracy trevor
tricia trina trinidad trisha tristan trudy tunde tyler ulises ulysse ursula valentin valentina valentine valeria valerie valmai vanesa vanessa vera vernon veronica veronique vicente vicki vickie vicky victor victoria victoire victorine vikram vince vincent viola violet violeta
violette virginia virginie vivian viviana viviane vivien vivienne vladimir wade wallace walter wanda warren wayne wendell wendy wesley whitney wilfred wilfrid wilfredo will willa william willie wilma winifred winnie winston xavier ximena yael yannick yasmin yasmine yesenia yolanda yolande
yoli thelma cory bev sid dolly wilf kev gaz trish gill babs effie nell stu bernie jez dee elspeth hettie ivor agnieszka anil ashwin adaeze amara aisling aoibheann babatunde bola bukola chidi chidinma chiamaka chinedu chukwuma deepa deepak devi ebele efua emeka eniola esi farah farid faisal
femi fiifi folake funmi gurpreet harpreet hyacinth ibrahima ifeoma ife imran ismail iqra jaswinder jaspreet joginder kavita kehinde kemi khalid kiran kunle kwabena kwaku kwasi lakshmi leila mahmoud malgorzata manish manpreet mariama mei meera mohammad mohammad moses mustapha nadeem naveen neha
nkechi nneka obinna ola olu oluwaseun padma parveen pooja pradeep precious rahul ravinder rekha roisin ruchi rukhsana saanvi sadia saoirse sandeep sanjay segun seun shabnam shanice shreya sibusiso simran sita sunil sushila tariq temitope thabo thandi thandeka uche usha vijay wei wojciech xiao yaw yetunde yusra zainab zanele zeynep
paco pepe paqui merche nacho conchi chelo lupe toñi beto nuri mari lety gabi dani santi javi rafa manolo pili loli charo trini goyo quique memo pancho lalo chuy tere meche chepina chucho maite leire unai iker aitor ane itziar nerea amaia jimena xochitl yaretzi citlali evaristo anastasio eusebio benigno macario virgilio adalberto
momo zabou juju mimi nono lulu jacky jeannot soizig gwenaelle nolwenn yann erwan loup maxence odilon marcelin casimir fulgence godefroy baudouin achille capucine alienor melisande domitille rosine gaetan desire amedee issa moussa modou slimane mehdi selim yasmin yacine rachid nassim kevyn rejeane gisele yolani youssef yusuf yuri yvan yves yvette yvonne zach zachary zara zelda zelie zoe zoila zoraida`
