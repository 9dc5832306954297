import type { Text } from "../english/index.ts";
import { count, digits } from "./count.ts";

export const verify: Text["verify"] = {
  title: "تحقّق من إثبات",
  lead: "ملف الإثبات يبيّن من أجاب، وبأي نموذج، وبكم، وأين كُتب ذلك. يُفحص هنا في متصفحك. لا يُرسل الملف إلى أي مكان، ويعمل هذا دون اتصال.",
  drop: "أفلت ملف إثبات",
  choose: "أو اختر ملفًا",
  askChain: "اسأل TON أيضًا",
  askChainMeaning:
    "ثلاثة فحوص تحتاج إلى السلسلة: ما سمح به العقد الجذري، ولمن مفتاح السجل، وأن التثبيت موجود. تعرف نقطة الاتصال أي العقود تنظر فيها، ولا تعرف شيئًا عن الملف.",
  endpoint: "نقطة اتصال TON",
  working: "جارٍ الفحص",
  refused: "لا يمكن التحقق من هذا.",
  holds: "الإثبات صحيح.",
  holdsSimulated: "الإثبات صحيح، ودليله محاكى.",
  holdsOpen: "الإثبات صحيح، ولا أحد يضمن جهاز العامل.",
  fails: (failing: number, all: number): string =>
    `الإثبات غير صحيح: فشل ${digits.format(failing)} من ${count(all, "فحص", "فحوص", "فحصًا")}.`,
  simulatedNote: "يستطيع أي شخص صنع دليل كهذا: إنه يُظهر طريقة العمل ولا يحمي شيئًا.",
  stateNote: (state: string): string => `بحسب الملف، الإيصال ${state}.`,
  openNote: (open: number): string => `لم يُجرَ ${count(open, "فحص", "فحوص", "فحصًا")}.`,
  about: "عمّ هو",
  opened: "ما كُشف منه",
  chain: "من العتاد إلى كتلة TON",
  not: "لا يثبت",
  bytes: (length: number): string => count(length, "بايت", "بايتات", "بايتًا"),
  status: { holds: "صحيح", fails: "فشل", unknown: "لم يُفحص" },
  saved: "احتفظ بهذه الصفحة لتتحقق من دوننا: إنها ملف واحد لا يحتاج إلى غيره.",
  save: "احفظ المدقّق للعمل دون اتصال",
  facts: {
    receipt: "الإيصال",
    when: "الوقت",
    model: "النموذج",
    unlisted: "غير مدرج",
    worker: "العامل",
    unreadable: "غير مقروء",
    tier: "المستوى",
    tokens: "الرموز",
    tokenCounts: (prompt: number, completion: number): string =>
      `${digits.format(prompt)} للسؤال + ${digits.format(completion)} للجواب`,
    cost: "التكلفة",
    network: "الشبكة",
    root: "العقد الجذري",
    log: "السجل",
    anchor: "معاملة التثبيت",
  },
};
