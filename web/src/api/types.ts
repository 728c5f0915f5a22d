// The names of the contract's shapes. schema.d.ts is generated from api/openapi.yaml by the build.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Account = Schemas["Account"];
export type AdminAction = Schemas["AdminAction"];
export type Appeal = Schemas["Appeal"];
export type Block = Schemas["Block"];
export type Case = Schemas["Case"];
export type CaseCard = Schemas["CaseCard"];
export type Collection = Schemas["Collection"];
export type Comment = Schemas["Comment"];
export type CommentsLeft = Schemas["CommentsLeft"];
export type ChosenKind = Schemas["ChosenKind"];
export type ComplaintReason = Schemas["ComplaintReason"];
export type Decision = Schemas["Decision"];
export type DecisionNotice = Schemas["DecisionNotice"];
export type EmailChoice = Schemas["EmailChoice"];
export type Expert = Schemas["Expert"];
export type Imported = Schemas["Imported"];
export type Installation = Schemas["Installation"];
export type Instance = Schemas["Instance"];
export type Invitation = Schemas["Invitation"];
export type InvitationView = Schemas["InvitationView"];
export type MadeInvitation = Schemas["MadeInvitation"];
export type NewInvitation = Schemas["NewInvitation"];
export type Likes = Schemas["Likes"];
export type Look = Schemas["Look"];
export type Job = Schemas["Job"];
export type Member = Schemas["Member"];
export type Mail = Schemas["Mail"];
export type Outgoing = Schemas["Outgoing"];
export type Bounce = Schemas["Bounce"];
export type Me = Schemas["Me"];
export type Deleted = Schemas["Deleted"];
export type EditPhoto = Schemas["EditPhoto"];
export type NewDecision = Schemas["NewDecision"];
export type EditCollection = Schemas["EditCollection"];
export type NewCollection = Schemas["NewCollection"];
export type PhotoCollections = Schemas["PhotoCollections"];
export type Notification = Schemas["Notification"];
export type NotificationSettings = Schemas["NotificationSettings"];
export type Photo = Schemas["Photo"];
export type PhotoPage = Schemas["PhotoPage"];
export type EmailState = Schemas["EmailState"];
export type MadeToken = Schemas["MadeToken"];
export type NewToken = Schemas["NewToken"];
export type Export = Schemas["Export"];
export type ExportState = Schemas["ExportState"];
export type Import = Schemas["Import"];
export type ImportState = Schemas["ImportState"];
export type NewImport = Schemas["NewImport"];
export type RefusedImport = Schemas["RefusedImportPage"]["items"][number];
export type NewTotp = Schemas["NewTotp"];
export type RecoveryCodes = Schemas["RecoveryCodes"];
export type DeletedMe = Schemas["DeletedMe"];
export type RenewedSession = Schemas["RenewedSession"];
export type Scope = Schemas["Scope"];
export type Token = Schemas["Token"];
export type TotpState = Schemas["TotpState"];
export type Problem = Schemas["Problem"];
export type Profile = Schemas["Profile"];
export type Relation = Schemas["Relation"];
export type Report = Schemas["Report"];
export type Session = Schemas["Session"];
export type SetUp = Schemas["SetUp"];
export type SignedIn = Schemas["SignedIn"];
export type SignUp = Schemas["SignUp"];
export type SearchSuggestion = Schemas["SearchSuggestion"];
export type Suggestion = Schemas["Suggestion"];
export type Thread = Schemas["Thread"];
export type Subscription = Schemas["Subscription"];
export type Terms = Schemas["Terms"];
export type Term = Schemas["Term"];
export type UpdateMe = Schemas["UpdateMe"];
export type UpdateNotificationKind = Schemas["UpdateNotificationKind"];
export type Visibility = Schemas["Visibility"];

export interface List<T> {
  items: T[];
  next: string | null;
}

export type SearchType = "photos" | "people" | "tags" | "experts";
export type SearchSort = "newest" | "relevance" | "likes";

export interface Found<T> extends List<T> {
  did_you_mean: string | null;
}
export type StorageCheck = Schemas["StorageCheck"];
