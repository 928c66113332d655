/** Exports of messengers and analytics. */
import { codeOf, dayOf, makeExport, personOf, pick } from "./make-export.ts";

const split = (header: string, delimiter = ",") => header.split(delimiter);

export const intercomUsers = () =>
  makeExport(
    split(
      "Name, Email, Phone, Web sessions, Last seen, First seen, Signed up, City, Country, Last contacted, Last heard from, Last opened email, " +
        "Last clicked on link in email, Unsubscribed from emails, Tag, OS, Browser language",
      ", ",
    ),
    40,
    (i) => {
      const { first, last, email, phone } = personOf(i);
      return [
        `${first} ${last}`,
        email,
        phone,
        String(i * 3),
        "2026-03-01",
        dayOf(i),
        dayOf(i),
        "Oulu",
        "Finland",
      ].concat(["", "", "", "", "false", "", "OS X 10.15", "en"]);
    },
  );

export const intercomApi = () =>
  makeExport(split("id,created_at,signed_up_at,updated_at,email,user_id,last_request_at,session_count"), 40, (i) => {
    const epoch = String(Date.parse(`${dayOf(i)}T21:30:00Z`) / 1_000);
    return [codeOf("", i, 24), epoch, epoch, epoch, personOf(i).email, String(i + 1), epoch, String(i * 3)];
  });

export const mixpanelProfiles = () =>
  makeExport(
    split(
      "$distinct_id,$first_name,$last_name,$name,$email,$phone,$city,$region,$country_code,$timezone,$created,$last_seen,created",
    ),
    40,
    (i) => {
      const { first, last, email, phone } = personOf(i);
      return [codeOf("", i, 20), first, last, `${first} ${last}`, email, phone, "Oulu", "", "FI"].concat([
        "Europe/Helsinki",
        `${dayOf(i)}T10:00:00`,
        "2026-03-01T10:00:00",
        "import",
      ]);
    },
  );

export const amplitudeCohort = () =>
  makeExport(
    split("amplitude_id,user_id,device_type"),
    40,
    (i) => [String(410_000_000_001 + i), `user-${String(i).padStart(6, "0")}`, pick(["Windows", "Apple iPhone"], i)],
    { delimiter: "\t", above: ["Cohort: Power users", "Generated 2026-03-02", ""] },
  );

/** JSON in a cell. */
export const brazeSegment = () =>
  makeExport(
    split(
      "Appboy ID,country,created_at,devices,date_of_birth,email,unsubscribed_from_emails_at,user_id,first_name,first_session,gender,city," +
        "language,last_app_version_used,last_name,last_session",
    ),
    40,
    (i) => {
      const { first, last, email } = personOf(i);
      const devices = JSON.stringify([{ model: "Phone, large", os: "15.1" }]);
      return [codeOf("", i, 24), "US", `${dayOf(i)} 10:00:00 UTC`, devices, "1988-04-05", email, "", `u${i}`].concat([
        first,
        `${dayOf(i)} 10:05:00 UTC`,
        pick(["F", "M"], i),
        "Boston",
        "en",
        "3.2.1",
        last,
        "2026-03-01 18:00:00 UTC",
      ]);
    },
  );
