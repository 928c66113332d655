/**
 * Words of column names in the tongues customer files come in, by what they mean: the first word of a line stands for all. Lower case and
 * without accents, as `normaliseHeader` writes them. Only words that are no homographs in a header of another tongue belong here.
 */
const lines = [
  // who
  "customer customers cust client clients subscriber subscribers consumer user users member members cliente clientes kunde kunden klant klanten " +
    "abonnent abonnenten abonne abonnes abonado assinante assinantes suscriptor suscriptores klient klienta klienci kund kunder abbonato utente " +
    "utilisateur usuario musteri",
  "account accounts acct acc accnt konto compte cuenta conta rekening",
  "company firm unternehmen firma entreprise empresa azienda bedrijf us",
  "id ids identifier identification identificacion identificativo uuid guid key ref reference code num nummer nummern number no nr nbr numero numer " +
    "codigo codice kennung identifiant identificador matricula cod",
  // how much of what
  "count counts anzahl nombre nb quantity qty liczba antal aantal cantidad quantidade quantita",
  "charge charges charged fee fees price prices cost costs spend spent spending rental cargo cargos kosten gebuhr gebuehr gebuhren gebuehren beitrag " +
    "preis frais cout couts prix cuota precio gasto gastos costo costos coste costes cobranca cobrancas custo custos preco encargo encargos canone " +
    "costi spesa spese addebito addebiti prezzo prijs oplata oplaty koszt avgift avgifter kostnad pris ucret",
  "bill bills billed invoice invoices invoiced invoicing rechnung rechnungen rechnungs facture factures factura facturas facturado fatura faturas " +
    "faturado bolletta fattura fatture factuur rachunek",
  "billing billings facturation facturacion faturamento fatturazione abrechnung",
  "amount amt amounts betrag montant importe importo bedrag kwota belopp valor",
  "total totals totale totali totaux totales totais lifetime overall cumulative cumulated cumul cum accumulated acumulado acumulada gesamt gesamte " +
    "insgesamt alltime totaal lacznie totalt sum summe somme suma somma todate",
  "average avg mean durchschnitt durchschnittlich moyenne promedio media medio medie gemiddeld srednia",
  "revenue revenues umsatz",
  "rate rates tariff tarif tarifa tariffa tarief",
  // when and how long
  "tenure tenencia anciennete antiguedad anzianita zugehorigkeit kundenzugehorigkeit",
  "duration length dauer duracion duracao durata duree duur laufzeit",
  "time zeit temps tiempo tempo tijd czas",
  "last latest letzte letzter ultimo ultima derniere dernier laatste senaste",
  "active aktiv activo activos ativo ativos attivo attivi actif actifs actief",
  "interval cycle frequency period interwal zeitraum turnus rhythmus periode intervalle frequence frecuencia frequencia periodo ciclo intervallo " +
    "frequenza",
  // what is sold, how it is paid
  "subscription subscriptions subscribed abonnement abonnements abbonamento suscripcion assinatura abo prenumeration",
  "contract contracts agreement agreements commitment commitments contrato contratos contrat contrats vertrag vertrage contratto contratti umowa " +
    "umowy avtal kontrakt sozlesme",
  "type types kind typ tipo tipos art arten soort modalidad rodzaj",
  "payment payments pay paid paiement paiements paye payes pago pagos pagado pagamento pagamenti pagto zahlung zahlungen bezahl " +
    "betaal betaling platnosc platnosci betalning odeme",
  "method methods mode means methode metodo metodi metoda metod wijze weise mittel forma moyen modo meio option instrument",
  "preferred preferido bevorzugt",
  // services
  "service services svc servicio servicios servizio servizi servico servicos dienst dienste tjanst usluga",
  "internet internetu broadband breitband",
  "connection connexion conexion conexao connessione verbinding verbindung anschluss",
  "technical tech technisch technischer technische tecnico tecnica technique",
  "support helpdesk soporte suporte supporto assistance asistencia assistencia assistenza unterstutzung ondersteuning",
  "security seguridad seguranca sicurezza securite sicherheit sicherheits beveiliging sakerhet bezpieczenstwo",
  "protection cover insurance guarantee protecao proteccion protezione schutz versicherung assurance seguro bescherming skydd",
  "device devices equipment appareil appareils dispositivo dispositivos dispositivi gerat gerate gerats geraete apparaat aparelho",
  "online enligne enlinea cyber web",
  "backup sauvegarde respaldo sicherung datensicherung backups",
  "phone telephone telefon telefono telefone telefoon telefonico telefonica telephonique telephonie telefonia",
  "line lines linea lineas linha linhas linee ligne lignes leitungen",
  "multiple multi several mehrere plusieurs varias multiplas multipli meerdere flera",
  "streaming stream",
  "tv television televisao televisione fernsehen",
  "movies movie film films filme pelicula peliculas filmes",
  "paperless papierlos papierlose ebill ebilling einvoice einvoicing ebills",
  "electronic electronics elektronisch elektronische electronica electronico eletronica eletronico electronique elettronica elettronico digital digitale",
  // people
  "senior seniors senioren elderly elder anziano anziani idoso pensioner rentner seniorin",
  "partner partnered spouse parceiro pareja conjoint conjuge conyuge",
  "marital married marie casado casada verheiratet sposato gehuwd civil civile burgerlijke relationship",
  "person persons people persona personas personne personnes persone",
  "household hh haushalt foyer hogar",
  "over plus uber ueber acima mayor oltre",
  "status stato estado etat staat",
  "dependent dependents dependant dependants dependente dependentes dependiente dependientes child children kid kids enfant enfants kinder hijos filhos " +
    "kinderen figli bambini barn dzieci",
  "age alter edad idade leeftijd wiek",
  // what only says how the column is kept
  "flag flags flg ind indicator indicateur indicador yn is has have hat tiene tem",
  "addon addons option extra",
  "currency usd eur gbp chf cad aud brl inr pln sek jpy dollar dollars euro euros pounds",
] as const;

/**
 * Words that mean only themselves. That they are known keeps them from being taken for a typing error (`contact` is no `contract`) and lets
 * words run together be told apart (`premiumsupport`).
 */
const plain =
  "contact contacts contractor usage minutes calls call ticket tickets case cases order orders login logins visit visits data speed tax taxes discount " +
  "discounts refund refunds income salary late setup credit limit balance debt roaming international intl long distance night evening installation name " +
  "names email mail address city state country region value values score risk segment category categories brand network card owner manager agent " +
  "sales rep model handset tier level edition license product products package plan plans premium basic renewal remaining until trial inactive " +
  "delinquent due next previous first history failure failures terms term source processor gateway home house program campaign channel " +
  "referral tender gender gift membership start end date datum fecha recurring deposit question questions incident incidents " +
  "citizen citizenship independent seniority partnership dependency rating issue issues technician hours banking outage outages delivery size paper " +
  "consent protected watched model work address current external internal reason label predicted probability";

const concepts = new Map<string, string>();
for (const line of lines) {
  const [first, ...others] = line.split(" ") as [string, ...string[]];
  for (const word of [first, ...others]) if (!concepts.has(word)) concepts.set(word, first);
}
for (const word of plain.split(" ")) if (!concepts.has(word)) concepts.set(word, word);

/** Word → what it means. */
export const lexicon: ReadonlyMap<string, string> = concepts;
